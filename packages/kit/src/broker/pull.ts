import { setTimeout as sleep } from 'node:timers/promises'
import { type Msg, type NatsConnection, createInbox } from '@nats-io/transport-node'

const EXPIRES_MS = 30_000
/** A request lost with a leader is noticed after two that did not come and a second. */
const HEARTBEAT_MS = 2_000
/** How soon to ask again after a refusal: a leader is being elected, a limit is reached. */
const AGAIN_MS = 250
const GATHER_MS = 5
/** How long a stop waits for what the broker had sent; a broker that is away sends nothing. */
const DRAIN_MS = 1_000
const NANOS_PER_MS = 1_000_000

/** The status of a request that has simply ended: nothing there, or its time is up. */
const ENDED: ReadonlySet<number> = new Set([404, 408])
const HEARTBEAT = 100

/** What is pulled, and by whom. */
export interface Pulling {
  readonly stream: string
  readonly durable: string
  /** How many messages may be in hand now, 1 or more. */
  readonly max: () => number
  /** How many messages may come now, 0 to `max`. */
  readonly free: () => number
  readonly take: (message: Msg) => void
}

/**
 * Asks a durable for exactly as many messages as there is room for, one request at a time, and hands
 * each over the moment it arrives: nothing ages in a buffer. A request that is lost with a
 * connection or a leader is made again. `poke` says that there is room again.
 */
export class Pull {
  readonly #connection: NatsConnection
  readonly #pulling: Pulling
  readonly #inbox: string
  readonly #subscription: ReturnType<NatsConnection['subscribe']>
  #awaited = 0
  #stopped = false
  #silent: NodeJS.Timeout | undefined
  #again: NodeJS.Timeout | undefined

  constructor(connection: NatsConnection, inboxPrefix: string, pulling: Pulling) {
    this.#connection = connection
    this.#pulling = pulling
    this.#inbox = createInbox(inboxPrefix)
    this.#subscription = connection.subscribe(this.#inbox, {
      callback: (error, message) => (error ? this.#lost() : this.#arrived(message)),
    })
    this.poke()
  }

  /** There may be room for more. A little room is asked for after a moment, so that it may grow. */
  poke(): void {
    if (this.#stopped || this.#awaited > 0 || this.#again) return
    const { free, max } = this.#pulling
    if (free() >= max() / 4) this.#ask()
    else if (free() > 0) this.#askAfter(GATHER_MS)
  }

  #ask(): void {
    const batch = this.#pulling.free()
    if (this.#stopped || batch <= 0) return
    this.#awaited = batch
    const { stream, durable } = this.#pulling
    const request = {
      batch,
      expires: EXPIRES_MS * NANOS_PER_MS,
      idle_heartbeat: HEARTBEAT_MS * NANOS_PER_MS,
    }
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`
    this.#connection.publish(subject, JSON.stringify(request), { reply: this.#inbox })
    this.#listen()
  }

  /** The connection was made anew, and the broker has forgotten the request. */
  reset(): void {
    this.#awaited = 0
    this.poke()
  }

  /** Takes nothing more; what the broker had sent before it heard is still handed over. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#silent)
    clearTimeout(this.#again)
    const late = sleep(DRAIN_MS, undefined, { ref: false })
    if (!this.#connection.isClosed()) await Promise.race([this.#subscription.drain(), late])
  }

  #arrived(message: Msg): void {
    const status = message.headers?.code ?? 0
    if (status === HEARTBEAT) return this.#listen()
    if (status > 0) return ENDED.has(status) ? this.reset() : this.#lost()
    this.#awaited = Math.max(0, this.#awaited - 1)
    this.#pulling.take(message)
    if (this.#awaited === 0) this.poke()
  }

  #lost(): void {
    this.#awaited = 0
    if (!this.#stopped && !this.#again) this.#askAfter(AGAIN_MS)
  }

  #askAfter(ms: number): void {
    this.#again = setTimeout(() => {
      this.#again = undefined
      if (this.#awaited === 0) this.#ask()
    }, ms)
  }

  /** Two heartbeats missed: nobody knows of the request any longer. */
  #listen(): void {
    if (this.#silent) this.#silent.refresh()
    else this.#silent = setTimeout(() => this.reset(), 2 * HEARTBEAT_MS + 1_000)
  }
}
