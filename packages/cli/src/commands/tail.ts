import {
  type EventPattern,
  allContracts,
  eventPattern,
  feedPattern,
  streamName,
} from '@meshboard/contracts'
import type { Operator, ReadFrom } from '@meshboard/kit'
import { type Command, Option } from 'commander'
import { nearest } from '../nearest.ts'
import { count, key as keyOf, place } from '../parsing.ts'
import { Refusal, UsageFailure } from '../refusal.ts'
import { type SeenEvent, eventLine, ofFeed, ofStream } from '../seen-event.ts'
import { type Tools, withOperator } from '../tools.ts'

interface TailFlags {
  key?: string
  event?: string
  from?: ReadFrom
  follow: boolean
  limit?: number
  raw?: boolean
  json?: boolean
}

/** What to show: of which service and topic, and of those which. */
interface Wanted {
  readonly service?: string
  readonly topic?: string
  readonly flags: TailFlags
}

/** `mesh tail`: events as they are stored. */
export const addTail = (program: Command, tools: Tools): void => {
  program
    .command('tail')
    .summary('events as they are stored')
    .description(
      'Events as they are stored, until Ctrl-C. Live events are seen at most once: for all of them, without a gap, read the stored ones.',
    )
    .argument('[events]', 'a service or one of its topics, earnings or earnings.ledger')
    .option('--key <key>', 'of this key only: a user id, or all', keyOf)
    .option('--event <name>', 'of this name only: earnings.credited')
    .addOption(
      new Option(
        '--from <time|seq>',
        'stored ones first, from then on: 15m, 2h, a time, a position; needs a service',
      ).argParser(place),
    )
    .option('--no-follow', 'end with the newest stored one; needs --from')
    .addOption(new Option('--limit <n>', 'end after so many').argParser(count))
    .option('--raw', 'bodies only, as they were stored')
    .option('--json', 'JSON lines')
    .action((events: string | undefined, flags: TailFlags) =>
      withOperator(tools, (operator) => tail(tools, operator, wanted(events, flags))),
    )
}

const wanted = (events: string | undefined, flags: TailFlags): Wanted => {
  if (!flags.follow && !flags.from) throw new UsageFailure('--no-follow needs --from.')
  if (events === undefined) {
    if (flags.from) throw new UsageFailure('Name a service with --from: it reads one stream.')
    return { flags }
  }
  const [service = '', topic] = events.split('.', 2)
  const topics = allContracts.flatMap((contract) => [
    contract.name,
    ...Object.values(contract.events).map((event) => `${contract.name}.${event.topic}`),
  ])
  if (!topics.includes(events))
    throw new UsageFailure(
      `Nothing is called "${events}". ${nearest(events, [...new Set(topics)])}`,
    )
  return { service, ...(topic !== undefined && { topic }), flags }
}

const tail = async (tools: Tools, operator: Operator, wanted: Wanted): Promise<void> => {
  const { show, signal } = showing(tools, wanted.flags)
  const early: SeenEvent[] = []
  let arrives = (event: SeenEvent) => void early.push(event)
  const following = wanted.flags.follow
    ? await operator.follow(feedPattern(patternOf(wanted)), (message) => arrives(ofFeed(message)))
    : undefined
  const storedUpTo = await showStored(operator, wanted, { show, signal })
  if (!following) return
  arrives = (event) => void (event.seq > storedUpTo && show(event))
  for (const event of early) arrives(event)
  await Promise.race([aborted(signal), operator.gone])
  if (!signal.aborted) throw new Refusal('The broker went away and did not come back.')
  await following.stop()
}

interface Showing {
  readonly show: (event: SeenEvent) => void
  /** Aborts when enough was shown, or the user wants no more. */
  readonly signal: AbortSignal
}

const showing = ({ terminal }: Tools, flags: TailFlags): Showing => {
  const enough = new AbortController()
  const signal = AbortSignal.any([terminal.signal, enough.signal])
  let shown = 0
  if (flags.limit === 0) enough.abort()
  return {
    signal,
    show(event) {
      if (signal.aborted || (flags.event !== undefined && event.event !== flags.event)) return
      terminal.line(eventLine(terminal, event, flags))
      if ((shown += 1) === flags.limit) enough.abort()
    },
  }
}

/** Shows what is stored; gives the position up to which that was. */
const showStored = async (
  operator: Operator,
  { service, flags, ...rest }: Wanted,
  { show, signal }: Showing,
): Promise<number> => {
  let upTo = 0
  if (service === undefined || !flags.from) return upTo
  const subject = eventPattern(patternOf({ service, flags, ...rest }))
  for await (const message of operator.read(streamName(service), { subject, from: flags.from })) {
    if (signal.aborted) break
    upTo = message.seq
    show(ofStream(message))
  }
  return upTo
}

const patternOf = ({ service, topic, flags: { key } }: Wanted): EventPattern => ({
  ...(service !== undefined && { service }),
  ...(topic !== undefined && { topic }),
  ...(key !== undefined && { key }),
})

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
