import { ADVISORY_STREAM } from '@meshboard/contracts'
import type { BrokerDifference, StreamHealth } from '@meshboard/kit'
import { bytes, counted } from '../output/amounts.ts'
import { nameOf } from '../provision/shown.ts'
import { type Finding, bad, ok, warning } from './finding.ts'

const NEARLY_FULL = 0.8
const FULL = 0.95
const LAG_MAX = 1_000

/** Whether the broker has what the contracts need, and nothing else. */
export const judgeDifference = ({
  changes,
  leftovers,
  refusals,
  asked,
}: BrokerDifference): Finding[] => {
  const check = 'contracts'
  const mend = 'Run `mesh provision`.'
  return [
    ...refusals.map((sentence) => bad(check, sentence, 'Mend the configuration it names.')),
    ...changes.map((change) => {
      const what = change.settings.map(({ setting }) => setting).join(', ')
      return bad(
        nameOf(change),
        change.act === 'make' ? 'is missing' : `differs from the contracts: ${what}`,
        mend,
      )
    }),
    ...leftovers.map((one) =>
      warning(nameOf(one), one.why, 'Run `mesh provision --prune` when nobody needs it.'),
    ),
    ...(changes.length + refusals.length === 0
      ? [
          ok(
            check,
            `${counted(asked.streams, 'stream')} and ${counted(asked.consumers, 'durable')}`,
          ),
        ]
      : []),
  ]
}

/** How the streams do. */
export const judgeStreams = (
  streams: readonly StreamHealth[],
  { isCluster }: { isCluster: boolean },
): Finding[] => {
  const found = streams.flatMap((stream) => [
    ...stream.dangers.map((danger) =>
      bad(
        `stream ${stream.name}`,
        danger,
        'Run `mesh provision`; what cannot be changed is made anew.',
      ),
    ),
    ...judgeRoom(stream),
    ...(isCluster ? judgeCopies(stream) : []),
  ])
  const copies = Math.min(...streams.map((stream) => stream.copies))
  return found.length > 0 || streams.length === 0
    ? found
    : [
        ok(
          'streams',
          `${streams.length} with room, ${counted(copies, 'copy').replace('copys', 'copies')}`,
        ),
      ]
}

const judgeRoom = ({ name, bytes: held, bytesMax }: StreamHealth): Finding[] => {
  const share = held / bytesMax
  if (bytesMax <= 0 || share < NEARLY_FULL || name === ADVISORY_STREAM.name) return []
  const check = `stream ${name}`
  const text = `${bytes(held)} of ${bytes(bytesMax)}`
  const mend = `Raise STREAM_BYTES_MAX, or STREAM_BYTES_MAX_OF=${name}=…, and run \`mesh provision\`.`
  return [
    share >= FULL
      ? bad(check, `${text}: it is about to take nothing more`, mend)
      : warning(check, text, mend),
  ]
}

const judgeCopies = ({ name, copies, leader, peers }: StreamHealth): Finding[] => {
  const check = `stream ${name}`
  const mend = 'Look at that server; while it is away the loss of another one stops the stream.'
  if (!leader)
    return [bad(check, 'has no leader: it takes nothing', 'Start the servers that are down.')]
  const away = peers.filter((peer) => peer.isAway)
  if (away.length > 0)
    return [bad(check, `copy on ${away.map(({ server }) => server).join(', ')} is away`, mend)]
  if (peers.length + 1 < copies)
    return [bad(check, `${peers.length + 1} of ${copies} copies`, 'Bring a server more.')]
  const late = peers.filter(({ isCurrent, lag }) => !isCurrent || lag > LAG_MAX)
  return late.map(({ server, lag }) =>
    warning(
      check,
      `copy on ${server} is ${lag} writes behind`,
      'It catches up by itself; look again.',
    ),
  )
}
