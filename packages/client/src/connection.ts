import type { ClientFrame, ServerFrame } from '@meshboard/contracts/client'
import { LeftWire } from './left-wire.ts'
import type { Settings } from './options.ts'
import { Closed } from './states/closed.ts'
import { Connecting } from './states/connecting.ts'
import { Greeting } from './states/greeting.ts'
import { Idle } from './states/idle.ts'
import { Moving } from './states/moving.ts'
import { Open } from './states/open.ts'
import { Waiting } from './states/waiting.ts'
import {
  type Given,
  movesFrom,
  type State,
  type StateContext,
  type StateName,
} from './transitions.ts'
import type { Unanswered, Wire } from './wire.ts'

/** Who hears what a connection does. */
export interface ConnectionListener {
  /** After each move, for the states somebody wants to know of. */
  readonly entered: { readonly [S in StateName]?: (given: Given[S]) => void }
  /** The frames of an open connection that are not the connection's own business. */
  readonly frame: (frame: ServerFrame) => void
  /** After a socket has ended. */
  readonly unanswered: (calls: Unanswered) => void
}

type Makers = {
  readonly [S in StateName]: (context: StateContext<S>, given: Given[S]) => State
}

const MAKERS: Makers = {
  idle: (context) => new Idle(context),
  connecting: (context, given) => new Connecting(context, given),
  greeting: (context, given) => new Greeting(context, given),
  open: (context, given) => new Open(context, given),
  moving: (context, given) => new Moving(context, given),
  waiting: (context, given) => new Waiting(context, given),
  closed: () => new Closed(),
}

/**
 * Keeps one signed-in connection to the edge for as long as the policy says. It is always in exactly
 * one state; what a left state still tries has no effect.
 */
export class Connection {
  readonly #settings: Settings
  readonly #listener: ConnectionListener
  /** The sockets before this one, for as long as they owe answers. */
  readonly #left = new Set<LeftWire>()
  #name: StateName = 'idle'
  #state: State

  constructor(settings: Settings, listener: ConnectionListener) {
    this.#settings = settings
    this.#listener = listener
    this.#state = this.#make('idle', {})
  }

  get state(): StateName {
    return this.#name
  }

  /** Begins, when it has not yet. */
  connect(): void {
    this.#state.connect?.()
  }

  /** Ends it for good; the closing handshake goes on by itself. */
  close(): void {
    this.#state.close?.()
  }

  /** Sends, when open; whoever calls has looked at `state`. Fails `invalid` for a frame too large. */
  send(frames: ClientFrame | readonly ClientFrame[]): void {
    this.#state.send?.(frames)
  }

  #make<S extends StateName>(name: S, given: Given[S]): State {
    let current = true
    const go = (to: StateName, next: Given[StateName]): void => {
      if (!current) return
      current = false
      this.#enter(to, next as Given[typeof to])
    }
    const deliver = (frame: ServerFrame): void => {
      if (current) this.#listener.frame(frame)
    }
    const ended = ({ unanswered }: Wire): void => this.#listener.unanswered(unanswered)
    const context = { settings: this.#settings, moves: movesFrom(name, go), deliver, ended }
    return MAKERS[name](context, given)
  }

  #enter<S extends StateName>(name: S, given: Given[S]): void {
    this.#state.leave()
    this.#name = name
    this.#state = this.#make(name, given)
    if ('leaving' in given) this.#letGo(given.leaving)
    this.#listener.entered[name]?.(given)
    if (name === 'closed') for (const left of this.#left) left.close()
  }

  #letGo(wire: Wire): void {
    const left = new LeftWire(wire, {
      frame: this.#listener.frame,
      ended: () => {
        this.#left.delete(left)
        this.#listener.unanswered(wire.unanswered)
      },
    })
    this.#left.add(left)
    left.closeIfIdle()
  }
}
