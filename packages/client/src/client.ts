import type { ChannelName, EdgeLimits, Failure, OutputOf } from '@meshboard/contracts/client'
import type { CallArguments, ProcedureName, ProcedureOf, TypedCalls } from './mesh-types.ts'
import type { StateName } from './transitions.ts'
import type { Gap, Watch, WatchOptions } from './watch.ts'

/** How one call differs from the others. */
export interface CallOptions {
  /** How long to wait for the answer, and before it for a connection, milliseconds; 60 000 at most. */
  timeoutMs?: number
  /** Gives the call up: the edge is told, the promise rejects with the signal's reason. */
  signal?: AbortSignal
  /** Makes repeated calls with the same key have one effect: 8 to 64 letters, digits, `-` or `_`. */
  idempotencyKey?: string
}

/** Who a client is signed in as, and where. */
export interface SessionInfo {
  readonly userId: string
  readonly sessionId: string
  /** The edge process at the other end. */
  readonly node: string
  readonly limits: EdgeLimits
}

/** What a client tells of its connection. */
export interface ClientEvents {
  /** An attempt begins; the first since a stable connection is number 1. */
  connecting: { attempt: number }
  /** Signed in, for the first time or again: calls go through. */
  ready: SessionInfo
  /**
   * Nothing live comes through now. `connection`: it is lost, or could not be made, and the next
   * attempt follows in `retryInMs`. `broker`: the edge is there but cut off from the mesh.
   */
  degraded: { cause: 'connection'; failure: Failure; retryInMs: number } | { cause: 'broker' }
  /** What was degraded is whole again, and every watch has its place back. */
  resumed: { cause: 'connection' | 'broker' }
  /** A watch has lost events for good. */
  gap: Gap
  /** The edge minds something: `auth_expiring`, `slow`, `near_limit`, or an error that answers no request. */
  warning: {
    code: string
    message?: string | undefined
    details?: Record<string, unknown> | undefined
  }
  /** It is over; with a failure when the application did not wish it. */
  closed: { failure?: Failure }
}

/** The part of a client that is the same for every mesh. */
export interface ClientCore {
  readonly state: StateName
  /** The present login; undefined before the first, and the last known one while reconnecting. */
  readonly session: SessionInfo | undefined
  /**
   * Resolves when signed in. An edge that is not there is tried again without end; rejects with what
   * no further attempt can mend (`unknown_key`, `auth_failed`, …) and with `connection_closed` after
   * `close`.
   */
  connect(): Promise<SessionInfo>
  /** Ends everything: calls fail with `connection_closed`, watches end, no timer stays. Final. */
  close(): void
  /** Adds a listener; the function that comes back removes it. */
  on<N extends keyof ClientEvents>(name: N, listener: (value: ClientEvents[N]) => void): () => void
  /**
   * Asks or orders something; an edge takes it at most once. While there is no connection it waits
   * for one, and it is sent again only where an edge that goes away has not taken it. `input` may be
   * left out where the procedure needs none. Fails with what the procedure declares, and with
   * `deadline_exceeded` (no answer in time) or `connection_closed` (lost before the answer), whose
   * `details.may_have_happened` says whether the call had left; `invalid` when it is larger than the
   * edge takes; `overloaded` when too many wait.
   */
  call<N extends ProcedureName>(
    name: N,
    ...args: CallArguments<ProcedureOf<N>>
  ): Promise<OutputOf<ProcedureOf<N>>>
  /** A channel of the mesh, to be watched: one watch for each channel and parameters at a time. */
  channel<C extends ChannelName>(name: C): { watch(options?: WatchOptions<C>): Watch<C> }
}

/** A client: the core, and every procedure as a method, `client.earnings.getSummary()`. */
export type Client = ClientCore & TypedCalls
