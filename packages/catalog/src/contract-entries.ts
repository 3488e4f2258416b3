import {
  type Channel,
  type Contract,
  type ContractDescription,
  EVENT_ROWS,
  type EventDeclaration,
  type FailureSpec,
  type JsonSchema,
  eventSubject,
  rpcSubject,
  signalSubject,
  streamName,
} from '@meshboard/contracts'
import type {
  ChannelEntry,
  EventEntry,
  FailureEntry,
  ProcedureEntry,
  Shape,
  SignalEntry,
} from './entries.ts'
import { exampleOf } from './example.ts'
import type { MeshRecord } from './record.ts'

/** All that entries are put together from. */
export interface Known {
  readonly contracts: readonly Contract[]
  readonly described: readonly ContractDescription[]
  readonly record: MeshRecord
}

/** One declaration: of which contract, and what it is called there. */
export interface Place {
  readonly contract: Contract
  readonly described: ContractDescription
  readonly local: string
}

/** A refusal as the catalog has it. */
export const failureEntry = (
  code: string,
  { status, retry, message }: FailureSpec,
): FailureEntry => ({ code, status, retry, message })

/** A procedure as the catalog has it. */
export const procedureEntry = (place: Place, { contracts, record }: Known): ProcedureEntry => {
  const { contract, local } = place
  const declared = of(contract.procedures, local)
  const { input, output } = of(place.described.procedures, local)
  const { name, access, http, socket, idempotent, timeoutMs, priority } = declared
  const channels = contracts.flatMap((one) => Object.entries<Channel>(one.channels))
  return {
    ...headOf(declared, `${contract.name}#${local}`),
    ...{ access, ...(http && { http }), socket, idempotent, timeout_ms: timeoutMs, priority },
    subject: rpcSubject(contract.name, local),
    failures: Object.entries(declared.failures).map(([code, spec]) => failureEntry(code, spec)),
    input: shapeOf(input),
    output: shapeOf(output),
    called_by: record.services
      .filter(({ calls }) => calls.includes(name))
      .map(({ service }) => service),
    snapshot_of: channels
      .filter(([, { snapshot }]) => snapshot?.name === name)
      .map(([channel]) => channel),
  }
}

/** An event as the catalog has it. */
export const eventEntry = (place: Place, { record }: Known): EventEntry => {
  const { contract, local } = place
  const declared = of(contract.events, local)
  const { name, topic, key, filters, stateKey, update, keepDays } = declared
  const row = EVENT_ROWS.find(({ event }) => event.name === name)
  return {
    ...headOf(declared, `${contract.name}#${local in contract.procedures ? 'event-' : ''}${local}`),
    ...{ topic, stream: streamName(contract.name), key, filters, keep_days: keepDays },
    subject: eventSubjectOf(contract.name, declared),
    ...(stateKey && { state_key: stateKey }),
    ...(update && { update }),
    ...(row && { event_type: row.type }),
    data: shapeOf(of(place.described.events, local).data),
    consumed_by: record.services.flatMap(({ service, consumers }) =>
      consumers
        .filter(({ event }) => event === name)
        .map((consumer) => ({ service, consumer: consumer.name })),
    ),
    channels: Object.keys(contract.channels).filter(
      (channel) => of(contract.channels, channel).topic === topic,
    ),
  }
}

const eventSubjectOf = (service: string, { topic, key }: EventDeclaration): string =>
  key === 'all'
    ? eventSubject(service, topic, key)
    : eventSubject(service, topic, 'KEY').replace('KEY', `{${key}}`)

/** A channel as the catalog has it; it is addressed by its own name, which is unique over the mesh. */
export const channelEntry = ({ contract, local }: Place): ChannelEntry => {
  const channel = of(contract.channels, local)
  const { class: kind, audience, topic, signal, snapshot, deprecated } = channel
  const events = Object.values<EventDeclaration>(contract.events)
  return {
    name: local,
    path: `/catalog/${contract.name}#channel-${local}`,
    summary: summaryOf(channel),
    ...(deprecated && { deprecated }),
    ...{ class: kind, audience, topic },
    shows: signal
      ? [signal.name]
      : events.filter((event) => event.topic === topic).map(({ name }) => name),
    ...(snapshot && { snapshot: snapshot.name }),
  }
}

const CLASSES: Readonly<Record<Channel['class'], string>> = {
  log: 'In order and without a hole, also after a lost connection',
  state: 'Converges to the newest value of each thing',
  live: 'At most once, to who watches at that moment',
}
const AUDIENCES: Readonly<Record<Channel['audience'], string>> = {
  self: 'to each user their own.',
  all: 'the same to everybody.',
  any: 'that of anybody, to roles that may see it.',
}

const summaryOf = (channel: Channel): string =>
  `${CLASSES[channel.class]}; ${AUDIENCES[channel.audience]}`

/** A signal as the catalog has it. */
export const signalEntry = (place: Place): SignalEntry => {
  const { contract, local } = place
  const declared = of(contract.signals, local)
  return {
    ...headOf(declared, `${contract.name}#signal-${local}`),
    subject: signalSubject(contract.name, local, 'KEY').replace('KEY', '{key}'),
    filters: declared.filters,
    data: shapeOf(of(place.described.signals ?? {}, local).data),
  }
}

type Named = Pick<EventDeclaration, 'name' | 'summary' | 'deprecated'>

const headOf = ({ name, summary, deprecated }: Named, place: string) => ({
  name,
  path: `/catalog/${place}`,
  summary,
  ...(deprecated && { deprecated }),
})

const shapeOf = (schema: JsonSchema): Shape => ({ schema, example: exampleOf(schema) })

const of = <T>(record: Readonly<Record<string, T>>, local: string): T => {
  const found = record[local]
  if (found === undefined) throw new Error(`${local} is not declared`)
  return found
}
