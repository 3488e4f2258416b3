import type { ClientFrame, Failure, ServerFrame, ServerFrameOf } from '@meshboard/contracts/client'
import type { Settings } from './options.ts'
import type { Pass } from './pass.ts'
import type { Run } from './reconnect-policy.ts'
import type { Wire } from './wire.ts'

/** What each state of a connection is given when it is entered; its keys are the states. */
export interface Given {
  /** Not asked to connect yet. */
  idle: object
  /** A socket is being opened; ends with the edge's welcome. */
  connecting: { run: Run; pass?: Pass }
  /** Signing in; ends with the edge's yes. */
  greeting: { run: Run; wire: Wire; welcome: ServerFrameOf<'welcome'>; pass?: Pass }
  /** Signed in: frames go both ways. */
  open: {
    run: Run
    wire: Wire
    welcome: ServerFrameOf<'welcome'>
    session: ServerFrameOf<'auth_success'>
    /** The socket before this one, which still answers what was asked on it. */
    leaving?: Wire
  }
  /** Signed in at an edge that is going away, and about to be at another. */
  moving: { run: Run; wire: Wire; welcome: ServerFrameOf<'welcome'>; pass?: Pass }
  /** Between two attempts. */
  waiting: { run: Run; delayMs: number; failure: Failure; pass?: Pass }
  /** For good: closed by the application, or with the failure that no further attempt can mend. */
  closed: { failure?: Failure }
}

/** A state of a connection, by name. */
export type StateName = keyof Given

/** Every legal move. A state can make no other: it is given only its own. */
export const TRANSITIONS = {
  idleToConnecting: ['idle', 'connecting'],
  idleToClosed: ['idle', 'closed'],
  connectingToGreeting: ['connecting', 'greeting'],
  connectingToWaiting: ['connecting', 'waiting'],
  connectingToClosed: ['connecting', 'closed'],
  greetingToOpen: ['greeting', 'open'],
  greetingToWaiting: ['greeting', 'waiting'],
  greetingToClosed: ['greeting', 'closed'],
  openToMoving: ['open', 'moving'],
  openToWaiting: ['open', 'waiting'],
  openToClosed: ['open', 'closed'],
  movingToOpen: ['moving', 'open'],
  movingToWaiting: ['moving', 'waiting'],
  movingToClosed: ['moving', 'closed'],
  waitingToConnecting: ['waiting', 'connecting'],
  waitingToClosed: ['waiting', 'closed'],
} as const satisfies Record<string, readonly [StateName, StateName]>

type Transitions = typeof TRANSITIONS
type MoveName = keyof Transitions

/** The moves out of state `S`. Once the state has been left they do nothing. */
export type Moves<S extends StateName> = {
  readonly [M in MoveName as Transitions[M][0] extends S ? M : never]: (
    given: Given[Transitions[M][1]],
  ) => void
}

/** What a state works with. */
export interface StateContext<S extends StateName> {
  readonly settings: Settings
  readonly moves: Moves<S>
  /** Takes the frames that are no business of the connection itself. */
  readonly deliver: (frame: ServerFrame) => void
  /** Takes a wire that was signed in and has ended, once the state is left. */
  readonly ended: (wire: Wire) => void
}

/** A state: owns its timers and its wire. It never moves while it is being made. */
export interface State {
  /** Clears all timers; called once, when the state is left. */
  leave(): void
  connect?(): void
  close?(): void
  send?(frames: ClientFrame | readonly ClientFrame[]): void
}

/** The moves out of `from`, each as a call of `go`. */
export const movesFrom = <S extends StateName>(
  from: S,
  go: (to: StateName, given: Given[StateName]) => void,
): Moves<S> =>
  Object.fromEntries(
    Object.entries(TRANSITIONS)
      .filter(([, [start]]) => start === from)
      .map(([name, [, to]]) => [name, (given: Given[StateName]) => go(to, given)]),
  ) as unknown as Moves<S>
