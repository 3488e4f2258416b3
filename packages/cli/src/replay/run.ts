import { randomBytes } from 'node:crypto'
import {
  type EventDeclaration,
  HEADERS,
  REDRIVE_STREAM,
  REPLAY_HEADER,
  eventPattern,
  redriveSubject,
  serviceOf,
  streamName,
} from '@meshboard/contracts'
import type { Operator, ReadFrom, StoredMessage } from '@meshboard/kit'
import { readAudit } from '../audit.ts'
import { Refusal } from '../refusal.ts'

/** Whose consumer is to see a past again, and events of which name. */
export interface Replayer {
  readonly service: string
  readonly consumer: string
  readonly event: EventDeclaration
}

/** Which past: positions in the stream of the events, both included. */
export interface Range {
  readonly fromSeq: number
  readonly toSeq: number
  readonly key: string | undefined
}

/** One replay; its name makes a repeat of it harmless. */
export interface ReplayRun extends Replayer, Range {
  readonly run: string
  /** Events up to here were replayed by an earlier try of the same run. */
  readonly doneSeq: number
}

/** A run of its own. */
export const newRun = (replayer: Replayer, range: Range): ReplayRun => ({
  ...replayer,
  ...range,
  run: randomBytes(6).toString('hex'),
  doneSeq: 0,
})

/** Positions for what was asked for; without an end, the newest stored one. */
export const rangeOf = async (
  operator: Operator,
  { event }: Replayer,
  asked: { from: ReadFrom; to: ReadFrom | undefined; key: string | undefined },
): Promise<Range> => {
  const stream = streamName(serviceOf(event.name))
  const found = (await operator.streams()).find(({ name }) => name === stream)
  if (!found) throw new Refusal(`There is no stream ${stream}: run "npm run mesh -- setup".`)
  const firstAt = async (time: Date): Promise<number> => {
    const options = { subject: eventPattern({}), from: { time }, atMost: 1 }
    for await (const { seq } of operator.read(stream, options)) return seq
    return found.lastSeq + 1
  }
  const { from, to, key } = asked
  const fromSeq = 'seq' in from ? from.seq : await firstAt(from.time)
  if (to === undefined) return { fromSeq, toSeq: found.lastSeq, key }
  if ('seq' in to) return { fromSeq, toSeq: Math.min(to.seq, found.lastSeq), key }
  return { fromSeq, toSeq: (await firstAt(new Date(to.time.getTime() + 1))) - 1, key }
}

/** A run that was begun before, as it was written down, and how far it came. Fails when nobody began it. */
export const runBegun = async (
  operator: Operator,
  replayer: Replayer,
  run: string,
): Promise<ReplayRun> => {
  for await (const { to } of readAudit(operator, undefined)) {
    if (to['run'] !== run) continue
    const { service, consumer } = replayer
    if (to['service'] !== service || to['consumer'] !== consumer)
      throw new Refusal(`The run ${run} was of ${String(to['service'])}.${String(to['consumer'])}.`)
    return {
      ...replayer,
      run,
      fromSeq: Number(to['from_seq']),
      toSeq: Number(to['to_seq']),
      key: to['key'] === undefined ? undefined : String(to['key']),
      doneSeq: await doneBy(operator, replayer, run),
    }
  }
  throw new Refusal(`Nobody began a run ${run}; see "mesh dead log".`)
}

const doneBy = async (operator: Operator, replayer: Replayer, run: string): Promise<number> => {
  const subject = redriveSubject(replayer.service, replayer.consumer)
  let done = 0
  for await (const { headers } of operator.read(REDRIVE_STREAM.name, { subject, from: { seq: 1 } }))
    if (headers[REPLAY_HEADER] === run)
      done = Number(headers['nats-msg-id']?.split(':').at(-1) ?? 0)
  return done
}

/** The stored events of a run that are still to be replayed, in order. */
export async function* eventsOf(
  operator: Operator,
  { event, fromSeq, toSeq, key, doneSeq }: ReplayRun,
): AsyncGenerator<StoredMessage, void, undefined> {
  const service = serviceOf(event.name)
  const subject = eventPattern({ service, topic: event.topic, ...(key !== undefined && { key }) })
  const from = { seq: Math.max(fromSeq, doneSeq + 1) }
  for await (const message of operator.read(streamName(service), { subject, from })) {
    if (message.seq > toSeq) return
    if (message.headers[HEADERS.event] === event.name) yield message
  }
}
