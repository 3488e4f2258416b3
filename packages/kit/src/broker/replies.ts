import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import { BrokerError, type RequestOptions } from './broker.ts'
import { type Slotted, Slots } from '../slots.ts'
import type { Outgoing, Publication } from './outgoing.ts'

const SWEEP_MS = 25
/** How long an answer is kept for an asker who is away, and how often it is tried. */
const INSIST_MS = 10_000
const AGAIN_MS = 100
/** Whoever has not been told within that time that nobody listens has been heard. */
const HEARD_MS = 1_000

/** Takes the frames that answer one request; `true` says there will be no more. */
type OnFrame = (frame: Msg) => boolean

/**
 * All answers of a connection over one subscription, and one timer for all deadlines: a fifth of
 * the processor time of the library's own `request()`. A deadline fires at most 25 ms late.
 */
export class Replies {
  readonly #outgoing: Outgoing
  readonly #prefix: string
  readonly #waiting = new Slots<Waiting>()
  readonly #sweep: NodeJS.Timeout
  #count = 0

  constructor(connection: NatsConnection, outgoing: Outgoing, inbox: string) {
    this.#outgoing = outgoing
    this.#prefix = `${inbox}.${randomBytes(9).toString('base64url')}.`
    connection.subscribe(`${this.#prefix}*`, {
      callback: (error, frame) => this.#take(error, frame),
    })
    this.#sweep = setInterval(() => this.#expire(), SWEEP_MS).unref()
  }

  /**
   * Sends a request; gives the frame that answers it. Each goes to `onFrame` first where there is
   * one, until that says it was the last. Throws at once when it cannot be sent.
   */
  ask(...[subject, data, options, onFrame]: Asking): Promise<Msg> {
    if (options.signal?.aborted) throw new BrokerError('aborted', `${subject}: given up`)
    if (options.deadline <= Date.now())
      throw new BrokerError('timeout', `${subject}: too late to ask`)
    const { promise, resolve, reject } = Promise.withResolvers<Msg>()
    const waiting = new Waiting({ subject, options, onFrame, resolve, reject })
    this.#send(waiting, { subject, data, headers: options.headers })
    waiting.listen(() => this.#end(waiting, 'aborted', 'given up'))
    return promise
  }

  /** Whether nothing waits for an answer. */
  get isQuiet(): boolean {
    return this.#waiting.size === 0
  }

  /**
   * Sends an answer, and again while nobody listens for it; `isHeld` when it only begins its way once
   * the connection is back. Throws as `ask` does, the first time.
   */
  insist(answer: Publication, { isHeld, until = Date.now() + INSIST_MS }: Insisting): void {
    const { subject, data, headers } = answer
    const deadline = isHeld ? until : Date.now() + HEARD_MS
    const options = { deadline, ...(headers && { headers: { ...headers } }) }
    const again = async (error: unknown) => {
      if (!(error instanceof BrokerError) || error.fault !== 'no_responders') return
      await sleep(AGAIN_MS, undefined, { ref: false })
      if (Date.now() < until) this.insist(answer, { isHeld, until })
    }
    // The second time the connection may be closed: then nobody can be told any more.
    this.ask(subject, data, options)
      .catch(again)
      .catch(() => undefined)
  }

  /** Ends the requests that the broker has refused for want of a right. */
  refuse(subject: string): void {
    for (const waiting of this.#waiting.values()) {
      if (waiting.subject === subject) this.#end(waiting, 'forbidden', 'no right to publish it')
    }
  }

  /** Ends the requests that would rather be repeated than wait for a broken connection. */
  interrupt(): void {
    for (const waiting of this.#waiting.values()) {
      if (waiting.interruptible) this.#end(waiting, 'disconnected', 'the connection was lost')
    }
  }

  /** Ends everything that still waits. */
  close(): void {
    clearInterval(this.#sweep)
    for (const waiting of this.#waiting.values())
      this.#end(waiting, 'disconnected', 'the connection was closed')
  }

  /** Its token begins with its slot, where the answer finds it; the count tells it from who was there before. */
  #send(waiting: Waiting, publication: Publication): void {
    this.#waiting.add(waiting)
    waiting.token = `${waiting.slot}-${(this.#count += 1).toString(36)}`
    try {
      this.#outgoing.send({ ...publication, reply: this.#prefix + waiting.token })
    } catch (error) {
      this.#waiting.delete(waiting)
      throw error
    }
  }

  #take(error: Error | null, frame: Msg): void {
    if (error) return
    const token = frame.subject.slice(this.#prefix.length)
    const waiting = this.#waiting.at(Number(token.slice(0, token.indexOf('-'))))
    if (waiting?.token !== token) return
    if (frame.data.length === 0 && frame.headers?.code === 503)
      return this.#end(waiting, 'no_responders', 'nobody answers')
    if (waiting.onFrame && !waiting.onFrame(frame)) return
    this.#waiting.delete(waiting)
    waiting.resolve(frame)
  }

  #expire(): void {
    const now = Date.now()
    for (const waiting of this.#waiting.values()) {
      if (waiting.deadline <= now) this.#end(waiting, 'timeout', 'no answer in time')
    }
  }

  #end(...[waiting, fault, why]: [Waiting, BrokerError['fault'], string]): void {
    this.#waiting.delete(waiting)
    waiting.reject(new BrokerError(fault, `${waiting.subject}: ${why}`))
  }
}

interface Insisting {
  readonly isHeld: boolean
  /** Milliseconds since 1970. */
  readonly until?: number
}

type Asking = [subject: string, data: Uint8Array, options: RequestOptions, onFrame?: OnFrame]

/** A request whose answer has not come. */
class Waiting implements Slotted {
  slot = -1
  token = ''
  readonly subject: string
  readonly deadline: number
  readonly interruptible: boolean
  readonly onFrame: OnFrame | undefined
  readonly #signal: AbortSignal | undefined
  readonly #resolve: (frame: Msg) => void
  readonly #reject: (error: BrokerError) => void
  #abort: (() => void) | undefined

  constructor(parts: {
    subject: string
    options: RequestOptions
    onFrame: OnFrame | undefined
    resolve: (frame: Msg) => void
    reject: (error: BrokerError) => void
  }) {
    this.subject = parts.subject
    this.deadline = parts.options.deadline
    this.interruptible = parts.options.interruptible ?? false
    this.onFrame = parts.onFrame
    this.#signal = parts.options.signal
    this.#resolve = parts.resolve
    this.#reject = parts.reject
  }

  listen(abort: () => void): void {
    if (!this.#signal) return
    this.#abort = abort
    this.#signal.addEventListener('abort', abort, { once: true })
  }

  resolve(frame: Msg): void {
    this.#unlisten()
    this.#resolve(frame)
  }

  reject(error: BrokerError): void {
    this.#unlisten()
    this.#reject(error)
  }

  #unlisten(): void {
    if (this.#abort) this.#signal?.removeEventListener('abort', this.#abort)
  }
}
