import {
  type ChannelName,
  type ClientFrame,
  type Failure,
  failure,
  type ServerFrame,
} from '@meshboard/contracts/client'
import { Calls } from './calls.ts'
import type { CallOptions, ClientCore, ClientEvents, SessionInfo } from './client.ts'
import { Connection } from './connection.ts'
import { Events } from './events.ts'
import type { Settings } from './options.ts'
import { fullJitter } from './reconnect-policy.ts'
import type { Given, StateName } from './transitions.ts'
import type { Watch, WatchOptions } from './watch.ts'
import { Watches } from './watches.ts'

/** The client's parts put together: what the connection does reaches calls, watches and listeners. */
export class MeshClient implements Omit<ClientCore, 'call'> {
  readonly #settings: Settings
  readonly #events = new Events<ClientEvents>()
  readonly #connection: Connection
  readonly #calls: Calls
  readonly #watches: Watches
  readonly #signedIn = Promise.withResolvers<SessionInfo>()
  #session: SessionInfo | undefined
  #lastId = 0
  #degraded = false

  constructor(settings: Settings) {
    this.#settings = settings
    this.#signedIn.promise.catch(() => {})
    this.#calls = new Calls({
      send: (frame) => this.#send(frame),
      waitingMax: settings.callsWaitingMax,
    })
    this.#watches = new Watches({
      send: (frames) => this.#send(frames),
      nextId: () => this.#nextId(),
      eventsBufferedMax: settings.eventsBufferedMax,
      gap: (gap) => this.#events.emit('gap', gap),
      retryDelayMs: (attempt) => fullJitter(attempt + 1, { ...settings, random: Math.random }),
      resumed: () => this.#resumed(),
    })
    this.#connection = new Connection(settings, {
      entered: {
        connecting: ({ run }) => this.#connecting(run.attempt + 1),
        open: (given) => this.#opened(given),
        waiting: (given) => this.#waiting(given),
        closed: (given) => this.#closed(given),
      },
      frame: (frame) => this.#hear(frame),
      unanswered: (calls) => this.#calls.unanswered(calls),
    })
  }

  get state(): StateName {
    return this.#connection.state
  }

  get session(): SessionInfo | undefined {
    return this.#session
  }

  connect(): Promise<SessionInfo> {
    this.#connection.connect()
    return this.#signedIn.promise
  }

  close(): void {
    this.#connection.close()
  }

  on<N extends keyof ClientEvents>(
    name: N,
    listener: (value: ClientEvents[N]) => void,
  ): () => void {
    return this.#events.on(name, listener)
  }

  call(procedure: string, data: unknown = {}, options: CallOptions = {}): Promise<unknown> {
    if (this.state === 'idle' || this.state === 'closed') {
      return Promise.reject(closedFailure(`The client is ${this.state}.`))
    }
    const { timeoutMs = this.#settings.callTimeoutMs, ...rest } = options
    return this.#calls.call({ id: this.#nextId(), procedure, data, timeoutMs, ...rest })
  }

  channel<C extends ChannelName>(name: C): { watch(options?: WatchOptions<C>): Watch<C> } {
    return {
      watch: (options = {}) => {
        if (this.state === 'closed') throw closedFailure('The client is closed.')
        return this.#watches.watch(name, options)
      },
    }
  }

  #connecting(attempt: number): void {
    this.#lost()
    this.#events.emit('connecting', { attempt })
  }

  #opened({ welcome, session, leaving }: Given['open']): void {
    // What was asked on the socket before this one is answered there.
    if (leaving) this.#watches.lost()
    const { node, limits } = welcome
    this.#session = { userId: session.user_id, sessionId: session.session_id, node, limits }
    this.#watches.opened()
    this.#calls.opened(limits.calls_in_flight)
    this.#signedIn.resolve(this.#session)
    this.#events.emit('ready', this.#session)
  }

  #waiting({ failure: why, delayMs }: Given['waiting']): void {
    this.#lost()
    this.#degraded = true
    this.#events.emit('degraded', { cause: 'connection', failure: why, retryInMs: delayMs })
  }

  #closed(given: Given['closed']): void {
    this.#calls.closed()
    this.#watches.closed(given.failure)
    this.#signedIn.reject(given.failure ?? closedFailure('The client was closed.'))
    this.#events.emit('closed', given)
  }

  #lost(): void {
    this.#calls.lost()
    this.#watches.lost()
  }

  #resumed(): void {
    if (!this.#degraded) return
    this.#degraded = false
    this.#events.emit('resumed', { cause: 'connection' })
  }

  #hear(frame: ServerFrame): void {
    switch (frame.type) {
      case 'reply':
        return this.#calls.reply(frame)
      case 'error':
        if (this.#calls.refuse(frame) || this.#watches.hear(frame)) return
        return this.#events.emit('warning', frame)
      case 'warning':
        return this.#events.emit('warning', frame)
      case 'status':
        return frame.state === 'ok'
          ? this.#events.emit('resumed', { cause: 'broker' })
          : this.#events.emit('degraded', { cause: 'broker' })
      default:
        this.#watches.hear(frame)
    }
  }

  #send(frames: ClientFrame | readonly ClientFrame[]): void {
    if (this.state === 'open' || this.state === 'moving') this.#connection.send(frames)
  }

  /** Unique while in flight: 4 billion requests would have to be made during one. */
  #nextId(): number {
    this.#lastId = (this.#lastId % 0xffff_ffff) + 1
    return this.#lastId
  }
}

const closedFailure = (message: string): Failure =>
  failure('connection_closed', { message, details: { may_have_happened: false } })
