import type { z } from 'zod'
import type { Deprecable } from './deprecation.ts'
import type { FailureSpec } from './failure.ts'
import type { Signal } from './signal.ts'
import { refuseMixedTopics, refuseOddDeprecations, refuseOddNames } from './contract-rules.ts'

/**
 * Who may call a procedure. `public`: anybody. `user`, `analyst`, `admin`: who has that role in a
 * valid access token. `service`: only services that declare it, enforced by the broker.
 */
export type Access = 'public' | 'user' | 'analyst' | 'admin' | 'service'

/** What a service with too many calls refuses first, next, and only when nothing else is left. */
export type Priority = 'sheddable' | 'normal' | 'critical'

type Route = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`

/** A question or an order with exactly one reply. */
export interface Procedure<
  Name extends string = string,
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
  Code extends string = string,
  Socket extends boolean = boolean,
  Who extends Access = Access,
> extends Deprecable {
  /** `<service>.<method>`, from major 2 on `<service>.v2.<method>`. */
  readonly name: Name
  /** One sentence for documents: what the caller gets or causes. */
  readonly summary: string
  readonly access: Who
  /** The REST route; `{field}` in the path is a field of the input. */
  readonly http?: Route
  /** Where the thing just made can be read, a path with `{field}` of the output: the answer is 201. */
  readonly location?: string
  /** Whether clients may call it over a WebSocket. */
  readonly socket: Socket
  /** A second call with the same input changes nothing more, so an unclear outcome may be retried. */
  readonly idempotent: boolean
  /** How long a caller with no deadline of its own waits, and any for an answer it may ask for again. */
  readonly timeoutMs: number
  readonly priority: Priority
  readonly input: Input
  readonly output: Output
  /** The refusals it declares; those of `ANY_CALL` need no declaration. */
  readonly failures: Readonly<Record<Code, FailureSpec>>
}

interface ProcedureSpec<
  N extends string,
  I extends z.ZodType,
  O extends z.ZodType,
  C extends string,
  S extends boolean,
  W extends Access,
> extends Deprecable {
  name: N
  summary: string
  access: W
  http?: Route
  location?: string
  socket?: S
  idempotent?: boolean
  timeoutMs: number
  /** `normal` when not given. */
  priority?: Priority
  input: I
  output: O
  failures?: Readonly<Record<C, FailureSpec>>
}

/** Declares a procedure. Throws when it is open to services only and has a door all the same. */
export const procedure = <
  const N extends `${string}.${string}`,
  I extends z.ZodType,
  O extends z.ZodType,
  C extends string = never,
  S extends boolean = false,
  const W extends Access = Access,
>(
  spec: ProcedureSpec<N, I, O, C, S, W>,
): Procedure<N, I, O, C, S, W> => {
  if (spec.access === 'service' && (spec.http || spec.socket)) {
    throw new Error(`${spec.name} is for services only and cannot have a door`)
  }
  return {
    idempotent: false,
    priority: 'normal',
    failures: {} as Readonly<Record<C, FailureSpec>>,
    ...spec,
    socket: (spec.socket ?? false) as S,
  }
}

/** Something that has happened, stored in order among the events of its topic and key. */
export interface EventDeclaration<
  Name extends string = string,
  Data extends z.ZodType = z.ZodType,
  Topic extends string = string,
> extends Deprecable {
  /** `<service>.<past participle>`, from major 2 on `<service>.v2.<past participle>`. */
  readonly name: Name
  readonly summary: string
  /** Groups the events of a service that stay in order together; all of them of one major. */
  readonly topic: Topic
  /** The field of the data that orders and addresses it, or `all`. */
  readonly key: string
  readonly data: Data
  /** Fields of the data that travel as headers too, so that a client can filter on them. */
  readonly filters: readonly string[]
  /** The field whose newest event stands for the older ones, on channels of class `state`. */
  readonly stateKey?: string
  /** Its `type` at the plain doors. */
  readonly update?: string
  /** Days the stream keeps it, 1 to 365. */
  readonly keepDays: number
}

interface EventSpec<N extends string, D extends z.ZodType, T extends string> extends Deprecable {
  name: N
  summary: string
  topic: T
  key: (keyof z.infer<D> & string) | 'all'
  data: D
  filters?: readonly (keyof z.infer<D> & string)[]
  stateKey?: keyof z.infer<D> & string
  update?: string
  keepDays: number
}

/** Declares an event. Its key and filters must be fields of its data: anything else does not compile. */
export const event = <
  const N extends `${string}.${string}`,
  D extends z.ZodType,
  const T extends string,
>(
  spec: EventSpec<N, D, T>,
): EventDeclaration<N, D, T> => ({ filters: [], ...spec })

/**
 * What a client can watch. `log`: stored, in order, resumable. `state`: converges to the newest
 * value of each state key. `live`: at most once.
 */
export interface Channel extends Deprecable {
  readonly class: 'log' | 'state' | 'live'
  /** Of its events; where it shows a signal, the signal's own name. */
  readonly topic: string
  /** `self`: what is keyed by the caller's own user id. `all`: what is keyed `all`. `any`: all keys, `live` only. */
  readonly audience: 'self' | 'all' | 'any'
  /** What a `live` channel shows instead of stored events. */
  readonly signal?: Signal
  /** Asked, as the caller, for the first value of a `state` channel and after a gap. */
  readonly snapshot?: Procedure
}

/** Declares a channel. */
export const channel = <const C extends Channel>(spec: C): C => spec

/** Everything one service says on the wire; the only thing two services share. */
export interface Contract<
  Name extends string = string,
  Procedures extends Record<string, Procedure> = Record<string, Procedure>,
  Events extends Record<string, EventDeclaration> = Record<string, EventDeclaration>,
  Channels extends Record<string, Channel> = Record<string, Channel>,
  Signals extends Record<string, Signal> = Record<string, Signal>,
> {
  readonly name: Name
  /** Semantic version; a new major lives beside the old one. */
  readonly version: string
  /** The platform team to ask. */
  readonly owner: string
  readonly summary: string
  readonly procedures: Procedures
  readonly events: Events
  readonly channels: Channels
  readonly signals: Signals
}

/**
 * Declares a service. Each key is its declaration's name behind the service's: `getSummary`, or
 * `v2.getSummary` for the new major that lives beside it. Throws for a name that is none, and for
 * a topic with events of two majors: who follows it could read only some of them.
 */
export const contract = <
  const N extends string,
  P extends { [K in keyof P]: Procedure<`${N}.${K & string}`> },
  E extends { [K in keyof E]: EventDeclaration<`${N}.${K & string}`> },
  C extends Record<string, Channel>,
  G extends { [K in keyof G]: Signal<`${N}.${K & string}`> } = Record<never, never>,
>(
  name: N,
  spec: Omit<Contract<N, P, E, C>, 'name' | 'signals'> & { signals?: G },
): Contract<N, P, E, C, G> => {
  const { signals = {} as G } = spec
  const kinds = [spec.procedures, spec.events, signals]
  refuseOddNames(kinds.flatMap((declared) => Object.values<{ name: string }>(declared)))
  refuseMixedTopics(name, Object.values(spec.events))
  refuseOddDeprecations([...kinds, spec.channels])
  return { name, ...spec, signals }
}
