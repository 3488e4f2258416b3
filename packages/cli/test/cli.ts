import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import {
  DEAD_HEADERS,
  DEAD_STREAM,
  HEADERS,
  deadSubject,
  eventSubject,
  network,
} from '@meshboard/contracts'
import { services } from '@meshboard/deploy'
import { OPERATOR, type Service, encodeJson, newId } from '@meshboard/kit'
import type { TestBroker, TestMesh } from '@meshboard/testkit'
import { runMesh } from '../src/program.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** As much of a test mesh as the tools need; without a database where none is asked. */
export type Reachable = Pick<TestMesh<TestBroker>, 'nats' | 'brokerOf'> &
  Partial<Pick<TestMesh, 'adminUrl'>>

/** What a command printed, and how it ended. */
export interface Ran {
  readonly code: number
  readonly lines: readonly string[]
  readonly notes: string
  /** The lines, as JSON. */
  json(): Record<string, unknown>[]
}

interface RunOptions {
  env?: Record<string, string>
  services?: readonly Service[]
  input?: string
  /** What a person would answer; nobody is there when not given. */
  answer?: () => Promise<boolean>
  signal?: AbortSignal
  onLine?: (line: string) => void
}

/** What the launcher gives to `mesh`. */
export const operatorEnvironment = (mesh: Reachable): Record<string, string> => ({
  NATS_URL: mesh.nats.url,
  NATS_PASSWORD_OPERATOR: mesh.nats.passwordOf(OPERATOR),
  ...(mesh.adminUrl !== undefined && { DATABASE_URL: mesh.adminUrl }),
})

/** Runs `mesh …` in this process. */
export const runIn = async (
  mesh: Reachable,
  command: string | readonly string[],
  options: RunOptions = {},
): Promise<Ran> => {
  const lines: string[] = []
  const notes: string[] = []
  const args = typeof command === 'string' ? command.split(' ') : command
  const code = await runMesh(args, {
    services: () => Promise.resolve(options.services ?? services),
    terminal: {
      env: { ...operatorEnvironment(mesh), ...options.env },
      line(text) {
        lines.push(...text.split('\n'))
        options.onLine?.(text)
      },
      note: (text) => void notes.push(text),
      progress: () => undefined,
      clear: () => undefined,
      width: Number.POSITIVE_INFINITY,
      colours: false,
      input: () => Promise.resolve(options.input ?? ''),
      confirm: () => options.answer?.(),
      signal: options.signal ?? new AbortController().signal,
    },
  })
  const json = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  return { code, lines, notes: notes.join('\n'), json }
}

/** Runs `mesh …` as a process of its own, as a person would; `stop` is a Ctrl-C. */
export const startProcess = (args: readonly string[], env: Record<string, string>) => {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const child = spawn(process.execPath, ['--conditions=@meshboard/source', MAIN, ...args], {
    env: { PATH, NODE_COMPILE_CACHE, ...env },
  })
  const lines: string[] = []
  const errors: string[] = []
  createInterface(child.stdout).on('line', (line) => lines.push(line))
  createInterface(child.stderr).on('line', (line) => errors.push(line))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return {
    lines,
    errors,
    ended,
    stdin: child.stdin,
    stop: () => child.kill('SIGINT'),
    stopReading: () => child.stdout.destroy(),
  }
}

/** A dead letter as a test gives it. */
export interface TestLetter {
  service?: string
  consumer?: string
  kind?: string
  reason?: string
  data?: unknown
  key?: string
  event?: string
  /** Headers instead of those that it would have; undefined takes one away. */
  headers?: Record<string, string | undefined>
}

/** An accrual as `network` raises it. */
export const accrual = (user: string) => ({
  user_id: user,
  connection_id: newId('connection'),
  accrual: 1,
  online_ms: 60_000,
  network_score: 90,
  accrued_at: new Date().toISOString(),
})

/** Stores a dead letter as a service's kit would; gives the id of its event. */
export const bury = async (mesh: Reachable, letter: TestLetter = {}): Promise<string> => {
  const { service = 'earnings', consumer = 'creditOnUptimeAccrued' } = letter
  const user = letter.key ?? newId('user')
  const id = newId('event')
  const headers: Record<string, string | undefined> = {
    [HEADERS.event]: letter.event ?? network.events.uptimeAccrued.name,
    [HEADERS.n]: '7',
    [HEADERS.traceparent]: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`,
    [DEAD_HEADERS.id]: id,
    [DEAD_HEADERS.reason]: letter.reason ?? 'does not add up',
    [DEAD_HEADERS.kind]: letter.kind ?? 'permanent',
    [DEAD_HEADERS.stream]: 'EVT_NETWORK',
    [DEAD_HEADERS.seq]: '3',
    [DEAD_HEADERS.subject]: eventSubject('network', 'uptime', user),
    [DEAD_HEADERS.attempt]: '4',
    [DEAD_HEADERS.time]: new Date().toISOString(),
    ...letter.headers,
  }
  const broker = await mesh.brokerOf(service)
  const data =
    letter.data instanceof Uint8Array ? letter.data : encodeJson(letter.data ?? accrual(user))
  await broker.store(DEAD_STREAM.name, deadSubject(service, consumer), data, {
    id: `dead:${id}`,
    headers: Object.fromEntries(
      Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined),
    ),
    deadline: Date.now() + 5_000,
  })
  return id
}
