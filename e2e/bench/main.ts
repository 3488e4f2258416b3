import { parseArgs } from 'node:util'
import type { Bench, Settings } from './bench.ts'
import { machineFacts } from './machine.ts'
import { printResult } from './print.ts'
import { openProfiles } from './profiles.ts'
import { type Row, isNoisy, spreadOf } from './rounds.ts'
import { connect } from './connect.ts'
import { events } from './events.ts'
import { fanout } from './fanout.ts'
import { feeds } from './feeds.ts'
import { gateway } from './gateway.ts'
import { idle } from './idle.ts'
import { resume } from './resume.ts'
import { rpc } from './rpc.ts'
import { tracing } from './tracing.ts'

const BENCHES: Readonly<Record<string, Bench>> = {
  rpc,
  gateway,
  events,
  tracing,
  fanout,
  feeds,
  idle,
  connect,
  resume,
}

const USAGE = `usage: npm run bench -- [name…] [--json] [--rounds n] [--seconds s] [--growth] [--profile folder]
  names: ${Object.keys(BENCHES).join(', ')}; none: all, short; with --json each ends with a line of JSON`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    profile: { type: 'string' },
  },
})

const wanted = positionals.length > 0 ? positionals : Object.keys(BENCHES)
const unknown = wanted.filter((name) => !Object.hasOwn(BENCHES, name))
const isShort = positionals.length === 0
const seconds = Number(values.seconds ?? (isShort ? 1 : 3))
const settings: Settings = {
  rounds: Number(values.rounds ?? (isShort ? 2 : 5)),
  seconds,
  warmUpSeconds: seconds < 1 ? seconds : 2,
  growth: values.growth,
}

const isWithin = (value: number, most: number) => value > 0 && value <= most

/** Runs a bench and prints its tables; gives the line for programs. */
const runOne = async (name: string, bench: Bench): Promise<string> => {
  const profiles = values.profile === undefined ? undefined : openProfiles(values.profile)
  const result = await bench(settings)
  printResult(name, result)
  profiles?.print()
  return JSON.stringify({
    bench: name,
    machine: { ...(await machineFacts()), ...loadOf(result.rows) },
    figures: roundedAll(Object.entries(result.figures)),
    ratios: roundedAll(Object.entries(result.ratios).map(([ratio, { median }]) => [ratio, median])),
    rounds: settings.rounds,
  })
}

const loadOf = (rows: readonly Row[]) => ({
  rows: rows.length,
  noisyRows: rows.filter(isNoisy).length,
  foreignCores: rounded(spreadOf(rows.map(({ foreignCores }) => foreignCores)).median),
})

const roundedAll = (entries: [string, number][]): Record<string, number> =>
  Object.fromEntries(entries.map(([name, value]) => [name, rounded(value)]))

const rounded = (value: number): number => Number(value.toPrecision(4))

if (
  unknown.length > 0 ||
  !Number.isInteger(settings.rounds) ||
  !isWithin(settings.rounds, 50) ||
  !isWithin(settings.seconds, 60)
) {
  console.error(unknown.length > 0 ? `no bench ${unknown.join(', ')}\n${USAGE}` : USAGE)
  process.exit(2)
}
const lines: string[] = []
for (const name of wanted) {
  const bench = BENCHES[name]
  if (bench) lines.push(await runOne(name, bench))
}
if (values.json) console.log(lines.join('\n'))
