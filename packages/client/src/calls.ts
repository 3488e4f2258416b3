import {
  type ClientFrame,
  type CommonCode,
  type Failure,
  failure,
  type ServerFrameOf,
} from '@meshboard/contracts/client'
import { failureOf } from './failure-of.ts'
import { type CallRequest, PendingCall } from './pending-call.ts'
import type { Unanswered } from './wire.ts'

interface CallsPort {
  /** Sends a frame; fails `invalid` when it is too large. Called only while open. */
  send(frame: ClientFrame): void
  /** How many calls may wait for a connection. */
  waitingMax: number
}

/** The calls of a client: those sent and not answered, and those that wait for a connection. */
export class Calls {
  readonly #port: CallsPort
  readonly #sent = new Map<number, PendingCall>()
  #waiting = new Set<PendingCall>()
  /** How many calls the edge takes at a time; 0 while there is no connection. */
  #inFlightMax = 0

  constructor(port: CallsPort) {
    this.#port = port
  }

  /** Makes a call; see `Client.call` for how often it is sent and how it can fail. */
  call(request: CallRequest): Promise<unknown> {
    if (request.signal?.aborted) return Promise.reject(request.signal.reason as Error)
    if (this.#waiting.size >= this.#port.waitingMax) {
      return Promise.reject(failure('overloaded', { message: 'Too many calls are waiting.' }))
    }
    const call = new PendingCall(request, {
      timedOut: (late) => this.#giveUp(late, callFailure('deadline_exceeded', late.sent)),
      aborted: (late) => this.#giveUp(late, request.signal?.reason),
    })
    this.#waiting.add(call)
    this.#sendWaiting()
    return call.promise
  }

  /** There is a connection, which takes `inFlightMax` calls at a time. */
  opened(inFlightMax: number): void {
    this.#inFlightMax = inFlightMax
    this.#sendWaiting()
  }

  /** There is no connection: what waits goes on waiting. */
  lost(): void {
    this.#inFlightMax = 0
  }

  /** A socket has ended: what was sent there may have happened, or is sent again if it has not. */
  unanswered({ ids, untaken }: Unanswered): void {
    const calls = ids.map((id) => this.#sent.get(id)).filter((call) => call !== undefined)
    for (const call of calls) {
      this.#sent.delete(call.id)
      call.sent = !untaken
    }
    if (untaken) this.#waiting = new Set([...calls, ...this.#waiting])
    else for (const call of calls) call.reject(callFailure('connection_closed', true))
    this.#sendWaiting()
  }

  /** There will be no connection any more. */
  closed(): void {
    this.lost()
    for (const call of this.#sent.values()) call.reject(callFailure('connection_closed', true))
    for (const call of this.#waiting) call.reject(callFailure('connection_closed', false))
    this.#sent.clear()
    this.#waiting.clear()
  }

  /** Takes an answer; one that comes too late is of no call any more. */
  reply({ id, data }: ServerFrameOf<'reply'>): void {
    this.#take(id)?.resolve(data)
  }

  /** Takes the refusal of a call. False when it is of none that waits. */
  refuse(frame: ServerFrameOf<'error'>): boolean {
    const call = this.#take(frame.id ?? 0)
    call?.reject(failureOf(frame))
    return call !== undefined
  }

  #sendWaiting(): void {
    for (const call of this.#waiting) {
      if (this.#sent.size >= this.#inFlightMax) return
      this.#waiting.delete(call)
      try {
        this.#port.send(call.frame())
        call.sent = true
        this.#sent.set(call.id, call)
      } catch (error) {
        call.reject(error)
      }
    }
  }

  #take(id: number): PendingCall | undefined {
    const call = this.#sent.get(id)
    this.#sent.delete(id)
    if (call) queueMicrotask(() => this.#sendWaiting())
    return call
  }

  #giveUp(call: PendingCall, reason: unknown): void {
    this.#waiting.delete(call)
    if (this.#take(call.id)) this.#port.send({ type: 'cancel', id: call.id })
    call.reject(reason)
  }
}

const callFailure = (code: CommonCode, mayHaveHappened: boolean): Failure =>
  failure(code, { details: { may_have_happened: mayHaveHappened } })
