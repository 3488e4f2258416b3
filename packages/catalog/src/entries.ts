import type {
  Access,
  Channel,
  Deprecation,
  JsonSchema,
  Priority,
  Retry,
} from '@meshboard/contracts'
import type { Release } from './record.ts'

/** What everything in the catalog has. */
export interface Entry {
  /** The full name, `earnings.getSummary`. */
  readonly name: string
  /** Where it is shown, `/catalog/earnings#getSummary`. */
  readonly path: string
  readonly summary: string
  readonly deprecated?: Deprecation
}

/** A schema with a value that it accepts. */
export interface Shape {
  readonly schema: JsonSchema
  readonly example: unknown
}

/** A refusal that a procedure declares. */
export interface FailureEntry {
  readonly code: string
  readonly status: number
  readonly retry: Retry
  readonly message: string
}

/** A procedure with who calls it. */
export interface ProcedureEntry extends Entry {
  readonly access: Access
  readonly http?: string
  /** Whether clients may call it over a WebSocket. */
  readonly socket: boolean
  readonly idempotent: boolean
  /** How long a caller with no deadline of its own waits. */
  readonly timeout_ms: number
  readonly priority: Priority
  readonly subject: string
  /** Besides those that every call may end with. */
  readonly failures: readonly FailureEntry[]
  readonly input: Shape
  readonly output: Shape
  /** Names of services and doors. */
  readonly called_by: readonly string[]
  /** Channels whose first value it is. */
  readonly snapshot_of: readonly string[]
}

/** An event with who consumes it. */
export interface EventEntry extends Entry {
  readonly topic: string
  /** With the key as `{field}`. */
  readonly subject: string
  readonly stream: string
  readonly key: string
  readonly filters: readonly string[]
  readonly state_key?: string
  /** Its `type` at the plain doors. */
  readonly update?: string
  /** Its `event_type` at `/ws/events`. */
  readonly event_type?: string
  readonly keep_days: number
  readonly data: Shape
  readonly consumed_by: readonly { readonly service: string; readonly consumer: string }[]
  /** Channels that show it. */
  readonly channels: readonly string[]
}

/** A channel with what it shows. */
export interface ChannelEntry extends Entry {
  readonly class: Channel['class']
  readonly audience: Channel['audience']
  readonly topic: string
  /** Full names of the events, or of the signal, that it shows. */
  readonly shows: readonly string[]
  /** The procedure that gives its first value. */
  readonly snapshot?: string
}

/** A signal. */
export interface SignalEntry extends Entry {
  /** With the key as `{key}`. */
  readonly subject: string
  readonly filters: readonly string[]
  readonly data: Shape
}

/** A service, or a door: that has no contract, and so nothing of its own to offer. */
export interface ServiceEntry {
  readonly name: string
  readonly path: string
  /** The platform team to ask. */
  readonly owner: string
  readonly summary: string
  readonly is_door: boolean
  /** Semantic version of its contract. */
  readonly version?: string
  readonly procedures: readonly ProcedureEntry[]
  readonly events: readonly EventEntry[]
  readonly channels: readonly ChannelEntry[]
  readonly signals: readonly SignalEntry[]
  /** Full names of the procedures it calls. */
  readonly calls: readonly string[]
  readonly consumes: readonly { readonly consumer: string; readonly event: string }[]
  /** Full names of the events and signals that it shows to clients. */
  readonly relays: readonly string[]
}

/** Everything said in a mesh, and by whom to whom. */
export interface Catalog {
  readonly services: readonly ServiceEntry[]
  /** The newest first. */
  readonly releases: readonly Release[]
  /** The refusals that any call may end with. */
  readonly any_call: readonly FailureEntry[]
}
