import { z } from 'zod'
import { ClientFrame } from './client-frame.ts'
import { CLOSE_CODES } from './close-codes.ts'
import type { Access, Channel, Contract, EventDeclaration, Priority, Procedure } from './define.ts'
import { ServerFrame } from './edge-protocol.ts'
import { type Deprecable, deprecationOf } from './deprecation.ts'
import type { Retry } from './failure.ts'
import type { Signal } from './signal.ts'
import { SUBPROTOCOL } from './subprotocol.ts'
import { EVENT_ROWS } from './watch-table.ts'

/** As much of JSON Schema 2020-12 as wire schemas use. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly propertyNames?: JsonSchema
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly [keyword: string]: unknown
}

/** A procedure as plain data. */
export interface ProcedureDescription extends Deprecable {
  readonly summary: string
  readonly access: Access
  readonly http?: string
  readonly location?: string
  readonly socket: boolean
  readonly idempotent: boolean
  readonly timeoutMs: number
  readonly priority: Priority
  readonly failures: Readonly<Record<string, { readonly status: number; readonly retry: Retry }>>
  readonly input: JsonSchema
  readonly output: JsonSchema
}

/** An event as plain data. */
export interface EventDescription extends Deprecable {
  readonly summary: string
  readonly topic: string
  readonly key: string
  readonly filters: readonly string[]
  readonly stateKey?: string
  readonly update?: string
  readonly keepDays: number
  readonly data: JsonSchema
}

/** A signal as plain data. */
export interface SignalDescription extends Deprecable {
  readonly summary: string
  readonly filters: readonly string[]
  readonly data: JsonSchema
}

/** A channel as plain data; `snapshot` is the full name of a procedure. */
export interface ChannelDescription extends Deprecable {
  readonly class: Channel['class']
  readonly topic: string
  readonly audience: Channel['audience']
  readonly snapshot?: string
}

/** A contract as plain data: what golden files keep and documents are made from. */
export interface ContractDescription {
  readonly name: string
  readonly version: string
  readonly owner: string
  readonly summary: string
  readonly procedures: Readonly<Record<string, ProcedureDescription>>
  readonly events: Readonly<Record<string, EventDescription>>
  readonly channels: Readonly<Record<string, ChannelDescription>>
  /** Absent in a contract that has none. */
  readonly signals?: Readonly<Record<string, SignalDescription>>
}

/** The protocol of `/ws/v1` as plain data: the schema of each frame by its `type`; and what `/ws/events` shows. */
export interface EdgeDescription {
  readonly subprotocol: string
  readonly clientFrames: Readonly<Record<string, JsonSchema>>
  readonly serverFrames: Readonly<Record<string, JsonSchema>>
  readonly closeCodes: Readonly<Record<string, number>>
  /** Each `event_type` with the event it stands for. */
  readonly eventTypes?: Readonly<Record<string, string>>
}

/** A contract as plain data. Throws for a schema that JSON Schema cannot say. */
export const describeContract = (contract: Contract): ContractDescription => ({
  name: contract.name,
  version: contract.version,
  owner: contract.owner,
  summary: contract.summary,
  procedures: mapValues(contract.procedures, describeProcedure),
  events: mapValues(contract.events, describeEvent),
  channels: mapValues(contract.channels, describeChannel),
  ...(Object.keys(contract.signals).length > 0 && {
    signals: mapValues(contract.signals, describeSignal),
  }),
})

/** The protocol between a client and the edge as plain data. */
export const describeEdgeProtocol = (): EdgeDescription => ({
  subprotocol: SUBPROTOCOL,
  clientFrames: describeFrames(ClientFrame),
  serverFrames: describeFrames(ServerFrame),
  closeCodes: mapValues(CLOSE_CODES, ({ code }) => code),
  eventTypes: Object.fromEntries(EVENT_ROWS.map(({ type, event }) => [type, event.name])),
})

const describeProcedure = (procedure: Procedure): ProcedureDescription => ({
  summary: procedure.summary,
  ...deprecationOf(procedure),
  access: procedure.access,
  ...(procedure.http && { http: procedure.http }),
  ...(procedure.location && { location: procedure.location }),
  socket: procedure.socket,
  idempotent: procedure.idempotent,
  timeoutMs: procedure.timeoutMs,
  priority: procedure.priority,
  failures: mapValues(procedure.failures, ({ status, retry }) => ({ status, retry })),
  input: toJsonSchema(procedure.input),
  output: toJsonSchema(procedure.output),
})

const describeEvent = (event: EventDeclaration): EventDescription => ({
  summary: event.summary,
  ...deprecationOf(event),
  topic: event.topic,
  key: event.key,
  filters: event.filters,
  ...(event.stateKey && { stateKey: event.stateKey }),
  ...(event.update && { update: event.update }),
  keepDays: event.keepDays,
  data: toJsonSchema(event.data),
})

const describeSignal = (signal: Signal): SignalDescription => ({
  summary: signal.summary,
  ...deprecationOf(signal),
  filters: signal.filters,
  data: toJsonSchema(signal.data),
})

const describeChannel = (channel: Channel): ChannelDescription => ({
  class: channel.class,
  ...deprecationOf(channel),
  topic: channel.topic,
  audience: channel.audience,
  ...(channel.snapshot && { snapshot: channel.snapshot.name }),
})

const describeFrames = (union: typeof ClientFrame | typeof ServerFrame) =>
  Object.fromEntries(
    union.options.map((frame): [string, JsonSchema] => [
      frame.shape.type.value,
      toJsonSchema(frame),
    ]),
  )

// `io: 'input'` leaves objects open: whoever reads the wire ignores fields it does not know.
const toJsonSchema = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return rest as JsonSchema
}

const mapValues = <V, W>(record: Readonly<Record<string, V>>, each: (value: V) => W) =>
  Object.fromEntries(Object.entries(record).map(([key, value]): [string, W] => [key, each(value)]))
