import type {
  ChannelName,
  Contract,
  DataOf,
  EventDeclaration,
  InputOf,
  Mesh,
  OutputOf,
  Procedure,
  ServerFrameOf,
} from '@meshboard/contracts/client'
import type { CallOptions } from './client.ts'

/**
 * A place in a channel, to resume from: the stream's sequence `seq`, the channel's own count `n`,
 * and the `epoch` of the stream they belong to.
 */
export type Position = Pick<ServerFrameOf<'subscribed'>, 'seq' | 'n' | 'epoch'>

/** The local names of what a contract lets clients call over a socket. */
type SocketNames<C extends Contract> = {
  [P in keyof C['procedures'] & string]: C['procedures'][P] extends { socket: true } ? P : never
}[keyof C['procedures'] & string]

/**
 * What a procedure is called with: its input, which may be left out when no field of it is needed,
 * and what is special about this call.
 */
export type CallArguments<P extends Procedure> =
  Record<never, never> extends InputOf<P>
    ? [input?: InputOf<P>, options?: CallOptions]
    : [input: InputOf<P>, options?: CallOptions]

type Call<P> = P extends Procedure ? (...args: CallArguments<P>) => Promise<OutputOf<P>> : never

/** The procedures of a contract as methods: `getSummary` of the first major, `v2.getSummary` of the second. */
export type CallsOf<C extends Contract> = {
  readonly [P in SocketNames<C> as P extends `v${number}.${string}` ? never : P]: Call<
    C['procedures'][P]
  >
} & {
  readonly [P in SocketNames<C> as MajorIn<P>]: {
    readonly [Q in SocketNames<C> as Q extends `${MajorIn<P>}.${infer Name}` ? Name : never]: Call<
      C['procedures'][Q]
    >
  }
}

type MajorIn<P extends string> = P extends `${infer Major}.${string}` ? Major : never

/** Every procedure a client may call, by service and name: `client.earnings.getSummary()`. */
export type TypedCalls = { readonly [S in keyof Mesh]: CallsOf<Mesh[S]> }

type Callable = {
  [S in keyof Mesh]: {
    [P in SocketNames<Mesh[S]> as `${S}.${P}`]: Mesh[S]['procedures'][P &
      keyof Mesh[S]['procedures']]
  }
}[keyof Mesh]
type AllCallable = UnionToIntersection<Callable>
type UnionToIntersection<U> = (U extends unknown ? (u: U) => void : never) extends (
  i: infer I,
) => void
  ? I
  : never

/** The full name of a procedure a client may call. */
export type ProcedureName = keyof AllCallable
/** The declaration behind the name. */
export type ProcedureOf<N extends ProcedureName> = Extract<AllCallable[N], Procedure>

type ServiceOf<C extends ChannelName> = {
  [S in keyof Mesh]: C extends keyof Mesh[S]['channels'] ? S : never
}[keyof Mesh]
type Events<S extends keyof Mesh> = Mesh[S]['events']
type Declared<C extends ChannelName> = Extract<
  Mesh[ServiceOf<C>]['channels'][C & keyof Mesh[ServiceOf<C>]['channels']],
  { class: string }
>

/** The promise of a channel: `log`, `state` or `live`. */
export type ClassOf<C extends ChannelName> = Declared<C>['class']

type TopicOf<C extends ChannelName> =
  Declared<C> extends { topic: infer T extends string } ? T : never

/** An event of channel `C`, as an application gets it. */
export type ChannelEvent<C extends ChannelName> = {
  [E in keyof Events<ServiceOf<C>>]: Events<ServiceOf<C>>[E] extends infer D extends
    EventDeclaration<string, EventDeclaration['data'], TopicOf<C>>
    ? {
        /** The event's name within its service, in the past tense. */
        readonly event: E & string
        readonly data: DataOf<D>
        /** When it happened, RFC 3339. */
        readonly time: string
        /** To be stored together with what the event changed; see `WatchOptions.since`. */
        readonly position: Position
      }
    : never
}[keyof Events<ServiceOf<C>>]

/** What a snapshot of channel `C` holds. */
export type SnapshotOf<C extends ChannelName> =
  Declared<C> extends { snapshot: infer P extends Procedure } ? OutputOf<P> : never
