import { type ChildProcess, spawn } from 'node:child_process'
import { createConnection } from 'node:net'
import { freePort } from './free-port.ts'
import { until } from './until.ts'

/** A Redis of this test file's own, so that it may be broken. It keeps nothing on disk. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Ends it at once, with everything in it. */
  kill(): Promise<void>
  /** Starts it again on the same port, empty. */
  start(): Promise<void>
  /** It stands still with its connections open (SIGSTOP), until `resume`. */
  pause(): void
  resume(): void
  /** It forgets everything. */
  flush(): Promise<void>
  stop(): Promise<void>
}

/** Whether there is a program to start one from: not where the tests were given a Redis. */
export const hasRedisProgram = (): boolean => process.env['MESH_TEST_REDIS_BIN'] !== undefined

/** Starts one on a free port of the loopback; `settings` as lines of its configuration. */
export const startRedis = async (settings: readonly string[] = []): Promise<RedisServer> => {
  const port = await freePort()
  let server = await launch(port, settings)
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill: () => end(server),
    async start() {
      server = await launch(port, settings)
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    async flush() {
      const answer = await ask(port, 'FLUSHALL')
      if (answer !== '+OK') throw new Error(`redis would not forget: ${answer}`)
    },
    stop: () => end(server),
  }
}

const launch = async (port: number, settings: readonly string[]): Promise<ChildProcess> => {
  const server = spawn(process.env['MESH_TEST_REDIS_BIN'] ?? '', ['-'], {
    cwd: '/',
    env: { LD_LIBRARY_PATH: process.env['MESH_TEST_REDIS_LIBRARIES'] },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const killed = () => server.kill('SIGKILL')
  process.once('exit', killed)
  server.once('exit', () => process.off('exit', killed))
  const base = ['bind 127.0.0.1', `port ${port}`, 'save ""', 'appendonly no']
  server.stdin.end([...base, ...settings, ''].join('\n'))
  await until(
    async () => {
      if (server.exitCode !== null) throw new Error(`redis ended with ${server.exitCode}`)
      return (await ask(port, 'PING')) === '+PONG'
    },
    { late: 'redis does not answer' },
  )
  return server
}

/** What it answers to a command; undefined while it is not there. */
const ask = (port: number, command: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write(`${command}\r\n`))
    socket.once('data', (data) => {
      resolve(data.toString().trim())
      socket.destroy()
    })
    socket.once('error', () => resolve(undefined))
  })

const end = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGKILL')
  await ended
}
