import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { connectTo } from '@meshboard/testkit'
import { isPinning } from './processes.ts'

const TICKS_PER_SECOND = 100
const MICROS_PER_TICK = 1_000_000 / TICKS_PER_SECOND

interface ProcessTicks {
  pid: number
  parent: number
  name: string
  /** User and system time, its own. */
  own: number
  /** The same with that of children that have ended. */
  all: number
}

/** The machine, without anything that tells whose it is. */
export const machineFacts = async () => ({
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryGib: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
  natsServer: natsVersion(),
  postgres: await postgresVersion(),
  pinned: isPinning(),
})

const postgresVersion = async (): Promise<string> => {
  const server = connectTo(process.env['MESH_TEST_POSTGRES_URL'] ?? '')
  try {
    const { rows } = await server.raw<{ rows: { server_version: string }[] }>('show server_version')
    return rows[0]?.server_version ?? 'unknown'
  } finally {
    await server.destroy()
  }
}

const natsVersion = (): string => {
  const binary = process.env['NATS_SERVER_BIN'] ?? 'nats-server'
  const text = execFileSync(binary, ['--version'], { encoding: 'utf8' })
  return /v(\d[\w.-]*)/.exec(text)?.[1] ?? text.trim()
}

/** Processor time of one process of ours, microseconds, to the nearest 10 ms. */
export const cpuMicrosOf = (pid: number): number =>
  (processes().find((one) => one.pid === pid)?.own ?? 0) * MICROS_PER_TICK

/** The children of this process that run a program of that name. */
export const childrenCalled = (name: string): number[] =>
  processes()
    .filter((one) => one.parent === process.pid && one.name === name)
    .map(({ pid }) => pid)

/**
 * Starts to look how much of the machine others use; gives the mean until then in cores. Ours is
 * everything below who started this process: the servers are the launcher's.
 */
export const watchForeignLoad = (): (() => number) => {
  const since = performance.now()
  const [busy, ours] = [busyTicks(), treeTicks(process.ppid)]
  return () => {
    const seconds = (performance.now() - since) / 1_000
    const foreign = busyTicks() - busy - (treeTicks(process.ppid) - ours)
    return Math.max(0, foreign / TICKS_PER_SECOND / seconds)
  }
}

/** Everything but idle and waiting for disks; what the host took away counts, too. */
const busyTicks = (): number => {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = read('/proc/stat')
    .split('\n', 1)
    .join()
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return user + nice + system + irq + softirq + steal
}

const treeTicks = (root: number): number => {
  const found = processes()
  const below = new Set([root])
  for (let size = 0; size < below.size;) {
    size = below.size
    for (const { pid, parent } of found) if (below.has(parent)) below.add(pid)
  }
  return found.filter(({ pid }) => below.has(pid)).reduce((sum, { all }) => sum + all, 0)
}

const processes = (): ProcessTicks[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => statOf(Number(pid)) ?? [])

const statOf = (pid: number): ProcessTicks | undefined => {
  const text = read(`/proc/${pid}/stat`)
  const close = text.lastIndexOf(')')
  if (close < 0) return undefined
  const fields = text.slice(close + 2).split(' ')
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number)
  const own = user + system
  return {
    pid,
    parent: Number(fields[1]),
    name: text.slice(text.indexOf('(') + 1, close),
    own,
    all: own + childUser + childSystem,
  }
}

/** A file of /proc; empty when it went with its process. */
const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
