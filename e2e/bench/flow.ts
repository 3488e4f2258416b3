import { newId } from '@meshboard/kit'
import { service as edgeService } from '@meshboard/edge'
import { createDatabase } from '@meshboard/testkit'
import type { Settings } from './bench.ts'
import { type MeshBroker, startMeshBroker } from './mesh-broker.ts'
import { Role } from './processes.ts'
import { type Measured, measured } from './rounds.ts'
import { LEDGER_TABLES, ledgerService } from './stand-ins.ts'

/** Changes under way at a time, and deliveries, as the kit has them. */
const IN_FLIGHT = 16
const PER_SECOND = 500
const SCREENS = 100

interface Ledger {
  readonly broker: MeshBroker
  readonly role: Role
  stop(): Promise<void>
}

/** One instance of a service with a table, on a fresh broker and database. */
const startLedger = async (alone: boolean): Promise<Ledger> => {
  const service = ledgerService({ alone })
  const [broker, database] = await Promise.all([
    startMeshBroker([ledgerService({ alone: false }), edgeService]),
    createDatabase(),
  ])
  await database.admin.raw(LEDGER_TABLES)
  const url = { DATABASE_URL: database.urlFor(service.name), LOG_LEVEL: 'warn' }
  const setup = { env: { ...broker.environmentOf(service.name), ...url }, alone }
  const role = await Role.start('ledger-service', { setup })
  return {
    broker,
    role,
    async stop() {
      await role.stop()
      await broker.stop()
      await database.drop()
    },
  }
}

const usersOf = (count: number) => Array.from({ length: count }, () => newId('user'))

interface Flowed {
  events: number
  seconds: number
  producing: number
}

/** Events a second over so many keys: through outbox, stream and inbox, or without a broker. */
export const flowOf = async (
  kind: 'flow' | 'bare',
  { seconds, warmUpSeconds }: Settings,
  keys: number,
): Promise<Measured> => {
  const ledger = await startLedger(kind === 'bare')
  const flow = (length: number) =>
    ledger.role.ask<Flowed>(kind, { users: usersOf(keys), inFlight: IN_FLIGHT, seconds: length })
  try {
    await flow(warmUpSeconds)
    return await measured(async () => {
      await ledger.role.ask('begin')
      const flowed = await flow(seconds)
      const cpu = await ledger.role.ask<number>('end')
      return {
        eventsPerSecond: flowed.events / flowed.seconds,
        cpuMicros: cpu / flowed.events,
        producedPerSecond: flowed.events / flowed.producing,
      }
    })
  } finally {
    await ledger.stop()
  }
}

/** Milliseconds from a commit to the socket of whom it concerns, at 500 a second over 100 sockets. */
export const delayToSocket = async ({ seconds, warmUpSeconds }: Settings): Promise<Measured> => {
  const ledger = await startLedger(false)
  const edge = await Role.start('edge', { setup: { env: ledger.broker.environmentOf('edge') } })
  const users = await Promise.all(
    usersOf(SCREENS).map((userId) => ledger.broker.issuer.user({ userId, seconds: 3_600 })),
  )
  const url = `ws://127.0.0.1:${await edge.ask<number>('port')}/ws/earnings`
  const tokens = users.map(({ token }) => token)
  const screens = await Role.start('screens', { setup: { url, tokens } })
  const paced = (length: number) => {
    const flow = { users: users.map(({ userId }) => userId), perSecond: PER_SECOND }
    return ledger.role.ask<Stamps>('paced', { ...flow, seconds: length })
  }
  try {
    await arrivalsOf(screens, await paced(warmUpSeconds))
    return await measured(async () => {
      const commits = await paced(seconds)
      const arrivals = await arrivalsOf(screens, commits)
      const delays = commits
        .map(([entryId, at]) => (arrivals.get(entryId) ?? Number.NaN) - at)
        .toSorted((one, other) => one - other)
      const at = (share: number) => delays[Math.floor(delays.length * share)] ?? Number.NaN
      const committedPerSecond = commits.length / seconds
      return { committedPerSecond, delayP50Ms: at(0.5), delayP99Ms: at(0.99) }
    })
  } finally {
    for (const part of [screens, edge, ledger]) await part.stop()
  }
}

type Stamps = [entryId: string, atMs: number][]

const ARRIVE_MS_MAX = 10_000

/** Waits until every commit has arrived. Throws when one does not. */
const arrivalsOf = async (screens: Role, commits: Stamps): Promise<Map<string, number>> => {
  const arrived = new Map<string, number>()
  const end = performance.now() + ARRIVE_MS_MAX
  while (!commits.every(([entryId]) => arrived.has(entryId))) {
    if (performance.now() > end)
      throw new Error(`${arrived.size} of ${commits.length} events have reached their socket`)
    for (const [entryId, at] of await screens.ask<Stamps>('arrivals')) arrived.set(entryId, at)
    await new Promise((resume) => setTimeout(resume, 5))
  }
  return arrived
}
