import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brokerPermissions, services } from '@meshboard/deploy'
import { OPERATOR, PROVISIONER } from '@meshboard/kit'
import { until } from './until.ts'

/** A real broker of this test file's own, with the generated permissions. */
export interface NatsServer {
  /** Without user and password. */
  readonly url: string
  /** The password of a service's user. */
  passwordOf(user: string): string
  /** Ends the process at once, as a crash would. */
  kill(): Promise<void>
  /** Starts it again on the same port and data. */
  restart(): Promise<void>
  stop(): Promise<void>
}

interface Running {
  process: ChildProcess
  port: number
}

/** Starts nats-server (`NATS_SERVER_BIN`) on a free port of the loopback, its data in a temporary folder. */
export const startNats = async (permissions = brokerPermissions()): Promise<NatsServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'meshboard-nats-'))
  let running = await launch(folder, permissions, -1)
  return {
    url: `nats://127.0.0.1:${running.port}`,
    passwordOf,
    kill: () => end(running.process, 'SIGKILL'),
    async restart() {
      running = await launch(folder, permissions, running.port)
    },
    async stop() {
      await end(running.process, 'SIGTERM')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const passwordOf = (user: string): string => `test_${user}`

const launch = async (folder: string, permissions: string, port: number): Promise<Running> => {
  const config = join(folder, 'server.conf')
  const store = `jetstream { store_dir: "${folder}/data" }`
  await writeFile(
    config,
    `host: 127.0.0.1\nport: ${port}\n${store}\nports_file_dir: "${folder}"\n${permissions}`,
  )
  const users = [OPERATOR, PROVISIONER, ...services.map(({ name }) => name)]
  const passwords = users.map((user) => [
    `NATS_PASSWORD_${user.toUpperCase().replaceAll('-', '_')}`,
    passwordOf(user),
  ])
  const server = spawn(process.env['NATS_SERVER_BIN'] ?? 'nats-server', ['-c', config], {
    env: Object.fromEntries(passwords),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const killed = () => server.kill('SIGKILL')
  process.once('exit', killed)
  server.once('exit', () => process.off('exit', killed))
  const log: string[] = []
  server.stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()))
  const found = await until(async () => {
    if (server.exitCode !== null)
      throw new Error(`nats-server ended:\n${log.join('').slice(-2_000)}`)
    return /Server is ready/.test(log.join('')) ? await portOf(folder, server.pid) : undefined
  })
  return { process: server, port: found }
}

const portOf = async (folder: string, pid: number | undefined): Promise<number | undefined> => {
  const file = (await readdir(folder)).find((name) => name.endsWith(`_${pid}.ports`))
  if (!file) return undefined
  const { nats } = JSON.parse((await readFile(join(folder, file), 'utf8')) || '{}') as {
    nats?: string[]
  }
  return nats?.[0] === undefined ? undefined : Number(new URL(nats[0]).port)
}

const end = async (server: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill(signal)
  await ended
}
