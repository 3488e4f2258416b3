import { prepareTemplate } from '@meshboard/testkit'
import type { Bench, Settings, Table } from './bench.ts'
import { delayToSocket, flowOf } from './flow.ts'
import { shown } from './print.ts'
import { jsPublishing, storing } from './publishing.ts'
import { figureOf, ratioOf, runRounds, spreadOf } from './rounds.ts'

const KEYS = 100

/** What an event costs beyond its two transactions, to store it, and until it is on a screen. */
export const events: Bench = async (settings) => {
  // Within a run of the tests the others clone it meanwhile.
  if (process.env['BENCH_IN_TEST'] === undefined) await prepareTemplate()
  const rows = await runRounds(
    {
      'two transactions': () => flowOf('bare', settings, KEYS),
      'outbox to inbox': () => flowOf('flow', settings, KEYS),
      'js.publish': () => jsPublishing(settings),
      'broker.store': () => storing(settings),
      'commit to socket': () => delayToSocket(settings),
    },
    settings.rounds,
  )
  const delays = (figure: string) =>
    spreadOf(
      rows
        .filter(({ adapter }) => adapter === 'commit to socket')
        .map(({ figures }) => figures[figure] ?? Number.NaN),
    )
  const store = { of: 'broker.store', to: 'js.publish' }
  return {
    rows,
    figures: {
      eventsPerSecond: figureOf(rows, 'outbox to inbox', 'eventsPerSecond').median,
      pairsPerSecondWithoutBroker: figureOf(rows, 'two transactions', 'eventsPerSecond').median,
      cpuVsTwoTransactions: ratioOf(rows, {
        figure: 'cpuMicros',
        of: 'outbox to inbox',
        to: 'two transactions',
      }).median,
      storedPerSecond: figureOf(rows, 'broker.store', 'storedPerSecond').median,
      publishCpuVsJs: ratioOf(rows, { figure: 'publishCpuMicros', ...store }).median,
      delayedPerSecond: delays('committedPerSecond').median,
    },
    ratios: {
      rateVsPostgres: ratioOf(rows, {
        figure: 'eventsPerSecond',
        of: 'outbox to inbox',
        to: 'two transactions',
        quietOnly: true,
      }),
      publishVsJs: ratioOf(rows, { figure: 'storedPerSecond', ...store, quietOnly: true }),
      p50Ms: delays('delayP50Ms'),
      p99Ms: delays('delayP99Ms'),
    },
    tables: settings.growth ? [await growth(settings)] : [],
  }
}

const growth = async (settings: Settings): Promise<Table> => {
  const rows: string[][] = []
  for (const keys of [1, 100, 10_000]) {
    const { figures: bare } = await flowOf('bare', settings, keys)
    const { figures: flow } = await flowOf('flow', settings, keys)
    const [without = 0, through = 0] = [bare['eventsPerSecond'], flow['eventsPerSecond']]
    const produced = flow['producedPerSecond'] ?? 0
    rows.push([keys, without, through, produced, through / without].map(shown))
  }
  return {
    title: 'events: how it grows with keys (one run each)',
    columns: ['keys', 'two transactions/s', 'events/s', 'produced/s', 'ratio'],
    rows,
  }
}
