import { type Context, context, createContextKey } from '@opentelemetry/api'

/** The call, or the delivery, that the running code works for. */
export interface ActiveCall {
  /** When nobody waits for it any more, milliseconds since 1970. */
  readonly deadline: number
  /** Aborts at the deadline, or sooner when whoever asked has given up; its reason is a `Failure`. */
  readonly signal: AbortSignal
  /** What each line logged for it says of it: which call it is, and for whom. */
  readonly logFields?: Readonly<Record<string, unknown>>
  /** Somebody called for it, and repeats it if need be: what it calls is repeated there alone. */
  readonly isCalled?: boolean
}

const KEY = createContextKey('meshboard call')

/** The call that the running code works for; undefined outside of any, as in a sweep or a relay. */
export const activeCall = (): ActiveCall | undefined =>
  context.active().getValue(KEY) as ActiveCall | undefined

/**
 * Runs `work`, and whatever it starts, for a call: its statements are refused once the call is over,
 * and those that run then are cancelled. Does not end `work` by itself. `undefined` takes it out of
 * the call that is active, for what several calls wait for.
 */
export const withActiveCall = <T>(call: ActiveCall | undefined, work: () => T): T =>
  context.with(context.active().setValue(KEY, call), work)

/** A context in which that call is the active one. */
export const contextOfCall = (parent: Context, call: ActiveCall): Context =>
  parent.setValue(KEY, call)

/** Where the running code stands: its trace, and the call it works for. */
export const activeContext = (): Context => context.active()

/** Runs `work` where other code stood. */
export const withContext = <T>(place: Context | undefined, work: () => T): T =>
  place ? context.with(place, work) : work()

/** Whether nobody waits for the call any more. */
export const isOver = ({ deadline, signal }: ActiveCall): boolean =>
  signal.aborted || deadline <= Date.now()
