import type { Bench, Settings, Table } from './bench.ts'
import { type Calls, ourCalls, plainCalls } from './calls.ts'
import { shown } from './print.ts'
import { figureOf, ratioOf, runRounds } from './rounds.ts'

const CALLS: Calls = { inFlight: 64, bodyBytes: 200 }

/** A call with everything a call of the mesh has, against a bare request of the client library. */
export const rpc: Bench = async (settings) => {
  const rows = await runRounds(
    {
      'nats.js': () => plainCalls(settings, CALLS),
      ours: () => ourCalls(settings, CALLS),
    },
    settings.rounds,
  )
  const ends = { of: 'ours', to: 'nats.js' }
  return {
    rows,
    figures: {
      callsPerSecond: figureOf(rows, 'ours', 'callsPerSecond').median,
      cpuMicrosPerCall: figureOf(rows, 'ours', 'sumMicros').median,
      clientCpuMicros: figureOf(rows, 'ours', 'clientMicros').median,
      serviceCpuMicros: figureOf(rows, 'ours', 'serviceMicros').median,
      oneAtATimeP50Micros: figureOf(rows, 'ours', 'aloneP50Micros').median,
      oneAtATimeP99Micros: figureOf(rows, 'ours', 'aloneP99Micros').median,
    },
    ratios: {
      cpuVsNatsjs: ratioOf(rows, { figure: 'sumMicros', ...ends }),
      rateVsNatsjs: ratioOf(rows, { figure: 'callsPerSecond', ...ends, quietOnly: true }),
    },
    tables: settings.growth ? [await growth(settings)] : [],
  }
}

const GROWTH: readonly Calls[] = [
  ...[200, 2_000, 20_000].map((bodyBytes) => ({ ...CALLS, bodyBytes })),
  ...[1, 8, 240].map((inFlight) => ({ ...CALLS, inFlight })),
]

const growth = async (settings: Settings): Promise<Table> => {
  const rows: string[][] = []
  for (const calls of GROWTH) {
    for (const [adapter, run] of Object.entries({ 'nats.js': plainCalls, ours: ourCalls })) {
      const { figures } = await run(settings, calls)
      const { callsPerSecond = 0, clientMicros = 0, serviceMicros = 0, p99Micros = 0 } = figures
      const numbers = [calls.bodyBytes, calls.inFlight, callsPerSecond, clientMicros, serviceMicros]
      rows.push([adapter, ...[...numbers, p99Micros].map(shown)])
    }
  }
  const columns = ['adapter', 'body bytes', 'in flight', 'calls/s', 'client µs', 'service µs']
  return {
    title: 'rpc: how it grows (one run each)',
    columns: [...columns, 'p99 µs'],
    rows,
  }
}
