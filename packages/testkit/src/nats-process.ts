import type { ChildProcess } from 'node:child_process'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { services } from '@meshboard/deploy'
import { OPERATOR, PROVISIONER, SYSTEM_USER } from '@meshboard/kit'
import { spawnWithUs } from './child-processes.ts'
import { until } from './until.ts'

/** A nats-server that runs. */
export interface NatsProcess {
  readonly process: ChildProcess
  readonly port: number
  /** Of its monitoring endpoint, when the configuration has one. */
  readonly monitorPort: number | undefined
}

/** The password of a service's user on every broker of the tests. */
export const passwordOf = (user: string): string => `test_${user}`

/**
 * What its file says of a server of the loopback with its data in `folder`; any free port unless given.
 * `syncs`: each write is on disk before it is acknowledged, as in use; slower.
 */
export const natsConfig = ({
  folder,
  permissions,
  port = -1,
  syncs = false,
}: {
  folder: string
  permissions: string
  port?: number
  syncs?: boolean
}): string => {
  const sync = syncs ? ', sync_interval: always' : ''
  const store = `jetstream { store_dir: "${folder}/data"${sync} }`
  return `host: 127.0.0.1\nport: ${port}\n${store}\n${permissions}`
}

/** What a process is given besides its configuration. */
export interface Launching {
  args?: readonly string[]
  env?: Readonly<Record<string, string>>
}

/** Starts nats-server (`NATS_SERVER_BIN`); `config` is what its file says besides where its ports are told. */
export const launchNats = async (
  ...[folder, config, { args = [], env = {} } = {}]: [string, string, Launching?]
): Promise<NatsProcess> => {
  const file = join(folder, 'server.conf')
  await writeFile(file, `${config}\nports_file_dir: "${folder}"\n`)
  const server = spawnWithUs(
    [process.env['NATS_SERVER_BIN'] ?? 'nats-server', '-c', file, ...args],
    {
      env: { PATH: process.env['PATH'] ?? '', ...passwords(), ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const log: string[] = []
  server.stderr?.on('data', (chunk: Buffer) => log.push(chunk.toString()))
  return until(async () => {
    if (server.exitCode !== null)
      throw new Error(`nats-server ended:\n${log.join('').slice(-2_000)}`)
    if (!/Server is ready/.test(log.join(''))) return undefined
    const ports = await portsOf(folder, server.pid)
    return ports && { process: server, ...ports }
  })
}

const passwords = (): Record<string, string> =>
  Object.fromEntries(
    [OPERATOR, PROVISIONER, SYSTEM_USER, ...services.map(({ name }) => name)].map((user) => [
      `NATS_PASSWORD_${user.toUpperCase().replaceAll('-', '_')}`,
      passwordOf(user),
    ]),
  )

const portsOf = async (folder: string, pid: number | undefined) => {
  const file = (await readdir(folder)).find((name) => name.endsWith(`_${pid}.ports`))
  if (!file) return undefined
  const { nats, monitoring } = JSON.parse((await readFile(join(folder, file), 'utf8')) || '{}') as {
    nats?: string[]
    monitoring?: string[]
  }
  if (nats?.[0] === undefined) return undefined
  const port = (url: string | undefined) =>
    url === undefined ? undefined : Number(new URL(url).port)
  return { port: Number(new URL(nats[0]).port), monitorPort: port(monitoring?.[0]) }
}
