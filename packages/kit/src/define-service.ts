import type {
  AccessOf,
  CodeOf,
  Contract,
  DataOf,
  EventDeclaration,
  FailureDetails,
  InputOf,
  OutputOf,
  Procedure,
} from '@meshboard/contracts'
import type { z } from 'zod'
import type { Broker, Running } from './broker/broker.ts'
import type { Uses } from './broker/rights.ts'
import type { Caller } from './access-token.ts'
import type { BaseConfig } from './base-config.ts'
import type { ConfigOf, ConfigSchema } from './config.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import type { OpsServer } from './ops-server.ts'
import type { Revocations } from './revocations.ts'
import type { RpcClient } from './rpc-client.ts'
import type { Persist } from './start-waiting.ts'

/** The caller a handler sees: none where the procedure is open to anybody or to services only. */
export type CallerOf<P extends Procedure> =
  AccessOf<P> extends 'public' | 'service' ? undefined : Caller

/** One call, as its handler sees it. */
export interface CallContext<P extends Procedure> {
  readonly input: z.output<P['input']>
  readonly caller: CallerOf<P>
  /** Ends the call with a failure that the procedure declares. */
  readonly fail: (code: CodeOf<P>, details?: FailureDetails) => never
  /** When the caller gives up, milliseconds since 1970. */
  readonly deadline: number
  /** Aborts at the deadline, or sooner when the caller has given up. */
  readonly signal: AbortSignal
  /** Set when a repeated call is to have one effect. */
  readonly idempotencyKey: string | undefined
  readonly traceId: string
  readonly log: Logger
  /** Calls another service for the same caller, within the same deadline and trace. */
  readonly call: <Q extends Procedure>(procedure: Q, input: InputOf<Q>) => Promise<OutputOf<Q>>
}

/** A procedure with what answers it. */
export interface Handler<P extends Procedure, Deps> {
  readonly procedure: P
  readonly run: (context: CallContext<P>, deps: Deps) => Promise<OutputOf<P>>
}

/** Ties a handler to its procedure. It is awaited, and gives exactly one reply whatever it does. */
export const handler = <P extends Procedure, Deps>(
  procedure: P,
  run: (context: CallContext<P>, deps: Deps) => Promise<OutputOf<P>>,
): Handler<P, Deps> => ({ procedure, run })

/** One event, as a consumer sees it. It may come again, and one retried may come late. */
export interface Received<E extends EventDeclaration> {
  /** The event's id; the same each time it is delivered. */
  readonly id: string
  readonly data: DataOf<E>
  /** Its place among the events of its topic and key. */
  readonly n: number
  readonly time: string
  readonly traceId: string
  /** Aborts when this attempt has taken too long: it counts as failed, whatever becomes of it. */
  readonly signal: AbortSignal
  /** Set when the event comes again on purpose: the run of a replay. Its effect may have been taken. */
  readonly replay: string | undefined
  readonly log: Logger
  readonly metrics: Metrics
}

/** What a service does when an event arrives. */
export interface Consumer<Deps, E extends EventDeclaration = EventDeclaration> {
  /** `<effect>On<Cause>`; names its durable. */
  readonly name: string
  readonly event: E
  /**
   * Whether it comes to the same however often an event is seen and in whatever order. Only then may
   * what it has done be done again from the stream.
   */
  readonly replayable?: boolean
  readonly handle: (received: Received<E>, deps: Deps) => Promise<void>
}

/** A consumer of whatever event, as a service lists it. */
export interface AnyConsumer<Deps> {
  readonly name: string
  readonly event: EventDeclaration
  readonly replayable?: boolean
  readonly handle: (received: Received<never>, deps: Deps) => Promise<void>
}

/** What a part of a running service may use. */
export interface Runtime<Config = unknown> {
  readonly service: string
  readonly config: Config & BaseConfig
  readonly log: Logger
  readonly broker: Broker
  readonly rpc: RpcClient
  readonly metrics: Metrics
  readonly ops: OpsServer
  /** Proves a caller by an access token. */
  readonly verify: (token: string) => Promise<Caller>
  /** Calls `listener` with each session that ends before its time; gives the way to stop that. */
  readonly onRevoked: Revocations['onRevoked']
}

/** What `open` may use besides: a way to wait, and to have what it opened closed again. */
export interface Opening<Config> extends Runtime<Config> {
  /**
   * Runs when the service stops, the last one given first: what has no kind before the broker's
   * connection is closed, Redis and then the database after it.
   */
  readonly onClose: (close: () => Promise<void>, kind?: 'redis' | 'database') => void
  /** Waits for something outside, for as long as it takes. */
  readonly persist: Persist
}

/** Something a service runs besides answering and consuming: a relay, a sweep, a door. */
export interface Task<Deps, Config = unknown> {
  readonly name: string
  readonly start: (runtime: Runtime<Config>, deps: Deps) => Promise<Running>
}

type Handlers<C extends Contract, Deps> = {
  readonly [K in keyof C['procedures']]: Handler<C['procedures'][K], Deps>
}

/** A service as its table of contents has it. */
export interface ServiceSpec<C extends Contract, S extends ConfigSchema, Deps> {
  readonly contract: C
  readonly config: S
  readonly uses: Uses
  /** Opens what the handlers need; a fault here ends the start, but for what `persist` waits for. */
  readonly open: (opening: Opening<ConfigOf<S>>) => Promise<Deps>
  readonly procedures: Handlers<C, Deps>
  readonly consumers?: readonly AnyConsumer<Deps>[]
  readonly tasks?: readonly Task<Deps, ConfigOf<S>>[]
}

/** A door: it has no contract of its own, only tasks. */
export interface DoorSpec<S extends ConfigSchema, Deps> {
  readonly name: string
  readonly config: S
  readonly uses: Uses
  readonly open: (opening: Opening<ConfigOf<S>>) => Promise<Deps>
  readonly tasks: readonly Task<Deps, ConfigOf<S>>[]
  /** Whether strangers reach it so directly that it gets a broker account of its own. */
  readonly isolated: boolean
}

/** A service or a door, ready to be run; what it is made of no longer shows in its type. */
export interface Service {
  readonly name: string
  readonly contract: Contract | undefined
  readonly config: ConfigSchema
  readonly uses: Uses
  readonly isolated: boolean
  readonly open: (opening: Opening<unknown>) => Promise<unknown>
  readonly procedures: Readonly<Record<string, Handler<Procedure, unknown>>>
  readonly consumers: readonly Consumer<unknown>[]
  readonly tasks: readonly Task<unknown>[]
}

/**
 * Defines a service. A procedure of the contract that has no handler, or a handler of another
 * procedure, does not compile.
 */
export const defineService = <C extends Contract, S extends ConfigSchema, Deps>(
  spec: ServiceSpec<C, S, Deps>,
): Service =>
  ({
    consumers: [],
    tasks: [],
    ...spec,
    name: spec.contract.name,
    isolated: false,
  }) as unknown as Service

/** Defines a door. */
export const defineDoor = <S extends ConfigSchema, Deps>(spec: DoorSpec<S, Deps>): Service =>
  ({ contract: undefined, procedures: {}, consumers: [], ...spec }) as unknown as Service
