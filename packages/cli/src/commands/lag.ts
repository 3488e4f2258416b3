import { setTimeout as sleep } from 'node:timers/promises'
import type { Operator, StreamReport } from '@meshboard/kit'
import { type Command, Option } from 'commander'
import { type DurableLag, lagOf, missingDurables } from '../lag.ts'
import { age, bytes, counted } from '../output/amounts.ts'
import { paint } from '../output/paint.ts'
import { numbers, table } from '../output/table.ts'
import { count } from '../parsing.ts'
import { Refusal } from '../refusal.ts'
import type { Terminal } from '../terminal.ts'
import { type Tools, withOperator } from '../tools.ts'

const WATCH_MS = 2_000

interface LagFlags {
  watch?: boolean
  failOver?: number
  json?: boolean
}

interface Lag {
  readonly streams: readonly StreamReport[]
  readonly durables: readonly DurableLag[]
  /** Durables that this build needs and the broker has not. */
  readonly missing: readonly string[]
}

/** `mesh lag`: what waits where. */
export const addLag = (program: Command, tools: Tools): void => {
  program
    .command('lag')
    .summary('what waits for which consumer')
    .description('What each stream holds, and what waits for each durable in it.')
    .option('--watch', 'again every two seconds, until Ctrl-C')
    .addOption(
      new Option(
        '--fail-over <n>',
        'exit code 1 when more than so many wait for one durable, or one is missing',
      ).argParser(count),
    )
    .option('--json', 'JSON lines, one a stream and one a durable')
    .action((flags: LagFlags) => withOperator(tools, (operator) => lag(tools, operator, flags)))
}

const lag = async (tools: Tools, operator: Operator, flags: LagFlags): Promise<void> => {
  const { terminal } = tools
  for (;;) {
    const now = await look(tools, operator)
    if (flags.watch) terminal.clear()
    for (const line of flags.json ? toJson(now) : show(terminal, now)) terminal.line(line)
    if (!flags.watch) return judge(now, flags.failOver)
    await sleep(WATCH_MS, undefined, { signal: terminal.signal }).catch(() => undefined)
    if (terminal.signal.aborted) return judge(now, flags.failOver)
  }
}

const look = async (tools: Tools, operator: Operator): Promise<Lag> => {
  const streams = await operator.streams()
  const durables: DurableLag[] = []
  for (const { name } of streams) durables.push(...(await lagOf(operator, name)))
  const missing = missingDurables(await tools.services(), durables)
  return { streams, durables: durables.toSorted((a, b) => waitingFor(b) - waitingFor(a)), missing }
}

const waitingFor = ({ pending, unacked }: DurableLag): number => pending + unacked

const judge = ({ durables, missing }: Lag, most: number | undefined): void => {
  if (most === undefined) return
  const late = durables.filter((durable) => waitingFor(durable) > most)
  if (late.length > 0)
    throw new Refusal(`More than ${most} wait for ${late.map(({ name }) => name).join(', ')}.`)
  if (missing.length > 0)
    throw new Refusal(`${counted(missing.length, 'durable')} missing: ${missing.join(', ')}.`)
}

const toJson = ({ streams, durables, missing }: Lag): string[] =>
  [
    ...streams.map((stream) => ({
      kind: 'stream',
      stream: stream.name,
      messages: stream.messages,
      bytes: stream.bytes,
      first_seq: stream.firstSeq,
      last_seq: stream.lastSeq,
      first_time: stream.firstTime ?? null,
      last_time: stream.lastTime ?? null,
    })),
    ...durables.map((durable) => ({
      kind: 'durable',
      stream: durable.stream,
      durable: durable.name,
      pending: durable.pending,
      unacked: durable.unacked,
      redelivered: durable.redelivered,
      oldest_time: durable.oldestTime ?? null,
    })),
    ...missing.map((durable) => ({ kind: 'missing', durable })),
  ].map((line) => JSON.stringify(line))

const show = (terminal: Terminal, { streams, durables, missing }: Lag): string[] => {
  const bad = paint(terminal, 'bad')
  const streamRows = streams.map((stream) => [
    stream.name,
    String(stream.messages),
    bytes(stream.bytes),
    age(stream.firstTime),
    age(stream.lastTime),
  ])
  const durableRows = durables.map((durable) => [
    durable.name,
    durable.stream,
    durable.pending > 0 ? bad(String(durable.pending)) : '0',
    String(durable.unacked),
    durable.redelivered > 0 ? bad(String(durable.redelivered)) : '0',
    age(durable.oldestTime),
  ])
  const counts = [numbers('messages'), numbers('bytes'), numbers('oldest'), numbers('newest')]
  const waiting = [numbers('pending'), numbers('unacked'), numbers('redelivered')]
  const columns = ['durable', 'stream', ...waiting, numbers('oldest')]
  return [
    ...table(streamRows, { columns: ['stream', ...counts], width: terminal.width }),
    '',
    ...table(durableRows, { columns, width: terminal.width }),
    ...missing.map((name) => bad(`${name} is missing: run "npm run mesh -- setup"`)),
  ]
}
