import type { ServerReport } from '@meshboard/kit'
import { bytes } from '../output/amounts.ts'
import { judgeCertificate } from './certificate.ts'
import { judgeClock } from './clock.ts'
import { type Finding, bad, ok, warning } from './finding.ts'

/** The oldest broker without known ways to lose what it acknowledged. */
const FLOOR = '2.12.12'
const FULL_SHARE = 0.9

/** What the servers of the broker say of themselves. */
export const judgeServers = (servers: readonly ServerReport[]): Finding[] => [
  judgeVersions(servers),
  ...servers.flatMap((server) => [
    judgeSync(server),
    judgeStore(server),
    ...judgePeers(server),
    judgeClock(server.name, server),
    ...judgeCertificate(server.name, server.certificateEndsAt),
  ]),
]

const judgeVersions = (servers: readonly ServerReport[]): Finding => {
  const check = 'broker'
  const versions = [...new Set(servers.map(({ version }) => version))]
  const text = `${servers.length} of ${versions.join(' and ')}`
  if (servers.length === 0) return bad(check, 'no server answers', 'Start nats-server.')
  if (versions.some((version) => isOlder(version, FLOOR)))
    return bad(check, text, `Upgrade to ${FLOOR} or newer, one server after the other.`)
  if (versions.length > 1)
    return warning(check, text, 'Bring all servers to one version, one after the other.')
  if (servers.length === 2)
    return bad(
      check,
      `${text}: with one of them there is no majority`,
      'Start the third. On purpose run one, three or five.',
    )
  return ok(check, text)
}

/** Whether a version is before another, number by number. */
export const isOlder = (version: string, floor: string): boolean => {
  const [given, least] = [version, floor].map((text) => text.split(/[.-]/).map(Number))
  for (const [place, number] of (least ?? []).entries()) {
    const mine = given?.[place] ?? 0
    if (mine !== number) return mine < number
  }
  return false
}

const judgeSync = ({ name, syncsAlways }: ServerReport): Finding => {
  const check = `writes of ${name}`
  return syncsAlways
    ? ok(check, 'on disk before they are acknowledged')
    : bad(
        check,
        'on disk up to two minutes after they are acknowledged: the machine takes them with it',
        'Set `sync_interval: always` in its jetstream section, as deploy/nats/cluster.conf has it.',
      )
}

const judgeStore = ({ name, store }: ServerReport): Finding => {
  const check = `disk of ${name}`
  if (!store) return bad(check, 'no JetStream', 'Give it a jetstream section with a store_dir.')
  const { bytesMax, bytes: held, reserved } = store
  const text = `${bytes(held)} held and ${bytes(reserved)} promised to streams, of ${bytes(bytesMax)}`
  if (held >= bytesMax * FULL_SHARE)
    return bad(check, text, 'Give it a larger disk, or keep events for less long.')
  if (reserved > bytesMax * FULL_SHARE)
    return warning(
      check,
      text,
      'Give it a larger disk before STREAM_BYTES_MAX or the streams grow.',
    )
  return ok(check, text)
}

const judgePeers = ({ name, lostPeers }: ServerReport): Finding[] =>
  lostPeers.length === 0
    ? []
    : [
        bad(
          `peers of ${name}`,
          `${lostPeers.join(', ')} not reached`,
          'Start it again, or look at the network between them.',
        ),
      ]
