import {
  DEAD_HEADERS,
  HEADERS,
  REDRIVE_STREAM,
  REPLAY_HEADER,
  redriveSubject,
} from '@meshboard/contracts'
import type { Operator, ReadFrom, StoredMessage } from '@meshboard/kit'
import { type Command, Option } from 'commander'
import { whoActs, writeDown } from '../audit.ts'
import { withoutBrokerHeaders } from '../dead/acts.ts'
import { confirmed, oneByOne } from '../one-by-one.ts'
import { counted } from '../output/amounts.ts'
import { key as keyOf, place, rate, reason } from '../parsing.ts'
import { UsageFailure } from '../refusal.ts'
import { assertTaken, replayerNamed } from '../replay/replayer.ts'
import {
  type ReplayRun,
  type Replayer,
  eventsOf,
  newRun,
  rangeOf,
  runBegun,
} from '../replay/run.ts'
import { type Tools, withOperator } from '../tools.ts'

interface ReplayFlags {
  from?: ReadFrom
  to?: ReadFrom
  key?: string
  run?: string
  rate: number
  reason: string
  actor?: string
  yes?: boolean
  json?: boolean
}

/** `mesh replay`: lets one consumer see stored events again. */
export const addReplay = (program: Command, tools: Tools): void => {
  program
    .command('replay')
    .summary('let one consumer see stored events again')
    .description(
      'Let one consumer see stored events again, and no other; only one whose code says "replayable: true". ' +
        'Written down first. What was broken off goes on with --run; a repeat is harmless.',
    )
    .argument('<consumer>', 'its full name, earnings.creditOnUptimeAccrued')
    .addOption(new Option('--from <time|seq>', 'the first event').argParser(place))
    .addOption(
      new Option('--to <time|seq>', 'the last event; the newest when not given').argParser(place),
    )
    .option('--key <key>', 'events of this key only', keyOf)
    .option('--run <id>', 'go on with a run that was broken off, instead of --from')
    .addOption(new Option('--rate <n>', 'events a second at most').argParser(rate).default(50))
    .requiredOption('--reason <text>', 'why, for the audit', reason)
    .option('--actor <name>', 'who, for the audit; the user of this machine when not given')
    .option('--yes', 'more than one without asking')
    .option('--json', 'one document at the end')
    .action(async (name: string, flags: ReplayFlags) => {
      refuseContradiction(flags)
      const replayer = replayerNamed(await tools.services(), name)
      await withOperator(tools, (operator) => replay(tools, operator, { replayer, flags }))
    })
}

const refuseContradiction = ({ from, to, key, run }: ReplayFlags): void => {
  const range = [from, to, key].some((one) => one !== undefined)
  if (run !== undefined && range)
    throw new UsageFailure('A run that goes on has its own --from, --to and --key.')
  if (run === undefined && from === undefined)
    throw new UsageFailure('Say from where on: --from with a time or a position.')
}

const replay = async (
  { terminal }: Tools,
  operator: Operator,
  { replayer, flags }: { replayer: Replayer; flags: ReplayFlags },
): Promise<void> => {
  await assertTaken(operator, replayer)
  const run = await runOf(operator, replayer, flags)
  let total = 0
  for await (const _ of eventsOf(operator, run)) total += 1
  const who = `${run.service}.${run.consumer}`
  const question = `Replay ${counted(total, 'event')} (${run.fromSeq} to ${run.toSeq}) to ${who}?`
  await confirmed(terminal, { count: total, question, yes: flags.yes })
  await writeDown(operator, deedOf(run, flags, total))
  terminal.note(`run ${run.run}: go on with it by --run ${run.run} when it is broken off`)
  const count = await oneByOne(terminal, {
    items: eventsOf(operator, run),
    total,
    rate: flags.rate,
    done: 'replayed',
    act: (message) => give(operator, run, message),
  })
  terminal.line(
    flags.json
      ? JSON.stringify({ ...factsOf(run), replayed: count })
      : `${counted(count, 'event')} replayed to ${who}.`,
  )
}

const runOf = async (
  operator: Operator,
  replayer: Replayer,
  { from, to, key, run }: ReplayFlags,
): Promise<ReplayRun> => {
  if (run !== undefined) return runBegun(operator, replayer, run)
  return newRun(replayer, await rangeOf(operator, replayer, { from: from ?? { seq: 1 }, to, key }))
}

const factsOf = ({ run, service, consumer, event, fromSeq, toSeq, key, doneSeq }: ReplayRun) => ({
  run,
  service,
  consumer,
  event: event.name,
  from_seq: fromSeq,
  to_seq: toSeq,
  ...(key !== undefined && { key }),
  ...(doneSeq > 0 && { done_seq: doneSeq }),
})

const deedOf = (run: ReplayRun, { actor, reason }: ReplayFlags, events: number) => ({
  area: 'replay' as const,
  action: 'run',
  actor: actor ?? whoActs(),
  reason,
  to: { ...factsOf(run), events },
})

const give = async (
  operator: Operator,
  { run, service, consumer }: ReplayRun,
  { seq, subject, data, headers }: StoredMessage,
): Promise<true> => {
  await operator.store(REDRIVE_STREAM.name, redriveSubject(service, consumer), {
    id: `replay:${run}:${seq}`,
    data,
    headers: {
      ...withoutBrokerHeaders(headers),
      [DEAD_HEADERS.id]: headers[HEADERS.messageId.toLowerCase()] ?? '',
      [DEAD_HEADERS.subject]: subject,
      [REPLAY_HEADER]: run,
    },
  })
  return true
}
