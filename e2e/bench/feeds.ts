import type { Bench, Settings, Table } from './bench.ts'
import { LOAD_CORE, SERVER_CORE } from './cores.ts'
import { measureDeliveries, meterOf } from './deliveries.ts'
import { edgeDeliveries } from './edge-deliveries.ts'
import { scaled, usersOf } from './edge-mesh.ts'
import { startPlainBroker } from './mesh-broker.ts'
import { shown } from './print.ts'
import { Role, keepOn } from './processes.ts'
import { type Measured, figureOf, ratioOf, runRounds } from './rounds.ts'

const USERS = 5_000
const IN_FLIGHT = 1_024
const AT_A_TIME = 32

/** Thousands of users, each with a subject and a socket of their own. */
export const feeds: Bench = async (settings) => {
  const users = scaled(USERS, settings)
  const rows = await runRounds(
    {
      'net-raw': () => throughNetRaw(settings, users),
      ours: () => throughOurs(settings, users),
    },
    settings.rounds,
  )
  const ends = { of: 'ours', to: 'net-raw' }
  return {
    rows,
    figures: {
      cpuMicrosPerDelivery: figureOf(rows, 'ours', 'cpuMicros').median,
      p50Ms: figureOf(rows, 'ours', 'p50Ms').median,
      deliveriesPerSecond: figureOf(rows, 'ours', 'deliveriesPerSecond').median,
      saturatedCpuVsNetRaw: ratioOf(rows, { figure: 'saturatedCpuMicros', ...ends }).median,
      rateVsNetRaw: ratioOf(rows, { figure: 'deliveriesPerSecond', ...ends, quietOnly: true })
        .median,
    },
    ratios: { cpuVsNetRaw: ratioOf(rows, { figure: 'cpuMicros', ...ends }) },
    tables: settings.growth ? [await growth(settings)] : [],
  }
}

const throughNetRaw = async (settings: Settings, count: number): Promise<Measured> => {
  const { nats, pid } = await startPlainBroker()
  keepOn(LOAD_CORE, pid)
  const role = await Role.start('net-raw', { setup: { url: nats.url }, core: SERVER_CORE })
  const users = usersOf(count)
  try {
    const visit = { port: await role.ask<number>('port'), path: '/{}', steps: [] }
    const delivering = {
      server: meterOf(role),
      opening: { visit, each: users, atATime: AT_A_TIME },
      topics: { users, asFeed: false },
      broker: { url: nats.url },
      inFlight: IN_FLIGHT,
    }
    return await measureDeliveries(delivering, settings)
  } finally {
    await role.stop()
    await nats.stop()
  }
}

const throughOurs = (settings: Settings, users: number): Promise<Measured> =>
  edgeDeliveries(settings, { users, sockets: users, inFlight: IN_FLIGHT })

const growth = async (settings: Settings): Promise<Table> => {
  const rows: string[][] = []
  for (const users of [100, 1_000, 10_000]) {
    for (const [adapter, run] of Object.entries({ 'net-raw': throughNetRaw, ours: throughOurs })) {
      const { figures } = await run(settings, users)
      const { cpuMicros = 0, p50Ms = 0, deliveriesPerSecond = 0, saturatedCpuMicros = 0 } = figures
      const numbers = [users, cpuMicros, p50Ms, deliveriesPerSecond, saturatedCpuMicros]
      rows.push([adapter, ...numbers.map(shown)])
    }
  }
  return {
    title: 'feeds: how it grows with users (one run each)',
    columns: ['adapter', 'users', 'CPU µs', 'p50 ms', 'deliveries/s', 'saturated µs'],
    rows,
  }
}
