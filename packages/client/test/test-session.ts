import {
  AUDIENCE,
  challengeMessage,
  ClientFrame,
  type ClientFrameOf,
  CLOSE_CODES,
  Failure,
  failure,
  ServerFrame,
} from '@meshboard/contracts'
import { etc, verifyAsync } from '@noble/ed25519'
import type { WebSocket } from 'ws'
import type { TestEdge } from './test-edge.ts'

const CHALLENGE = 'c'.repeat(43)
export const USER_ID = `usr_${'0'.repeat(26)}`
const SESSION_ID = `ses_${'0'.repeat(26)}`
const TRACE_ID = 'a'.repeat(32)

/** One socket at the test edge. Every frame in and out is held against the contracts' schemas. */
export class TestSession {
  readonly watching = new Set<string>()
  readonly #edge: TestEdge
  readonly #socket: WebSocket
  readonly #now = new Date().toISOString()
  #signedIn = false

  constructor(edge: TestEdge, socket: WebSocket) {
    this.#edge = edge
    this.#socket = socket
    socket.on('message', (data) => void this.#receive((data as Buffer).toString()))
    socket.on('close', () => edge.sessions.delete(this))
    if (!edge.mute) this.#welcome()
  }

  send(frames: ServerFrame | ServerFrame[]): void {
    for (const frame of [frames].flat()) ServerFrame.parse(frame)
    this.#socket.send(JSON.stringify(frames))
  }

  fail(refusal: Failure, id?: number): void {
    const envelope = refusal.toEnvelope(TRACE_ID)
    this.send({ type: 'error', ...(id !== undefined && { id }), ...envelope })
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
  }

  /** As a cable that is pulled. */
  cut(): void {
    this.#socket.terminate()
  }

  #welcome(): void {
    const { pingIntervalMs, reconnectWindowMs, limits } = this.#edge
    this.send({
      type: 'welcome',
      session_id: SESSION_ID,
      node: 'test-edge',
      auth_required: true,
      challenge: CHALLENGE,
      now: this.#now,
      ping_interval_ms: pingIntervalMs,
      limits,
      reconnect_window_ms: reconnectWindowMs,
      contract: 'test',
    })
  }

  async #receive(text: string): Promise<void> {
    const value: unknown = JSON.parse(text)
    const frames = [value].flat().map((frame) => ClientFrame.parse(frame))
    this.#edge.messages.push(frames)
    for (const frame of frames) await this.#handle(frame)
  }

  async #handle(frame: ClientFrame): Promise<void> {
    if (frame.type === 'auth') return this.#authenticate(frame)
    if (frame.type === 'hello') return this.#comeBack(frame)
    if (!this.#signedIn) return this.fail(failure('unauthorized'))
    if (frame.type === 'call') return this.#call(frame)
    if (frame.type === 'subscribe') return this.#subscribe(frame)
    if (frame.type !== 'unsubscribe') return
    this.watching.delete(frame.channel)
    const { id, channel } = frame
    this.send({ type: 'unsubscribed', id, channel, reason: 'asked for' })
  }

  async #authenticate({ token, public_key, signature }: ClientFrameOf<'auth'>): Promise<void> {
    const refusal =
      token === undefined
        ? await this.#judgeKey(public_key ?? '', signature ?? '')
        : this.#edge.tokens.has(token)
          ? undefined
          : failure('auth_failed')
    if (refusal) {
      this.fail(refusal)
      const { code, reason } = CLOSE_CODES.auth_failed
      return this.close(code, reason)
    }
    this.#succeed()
  }

  #comeBack({ ticket }: ClientFrameOf<'hello'>): void {
    if (this.#edge.ticket !== undefined && ticket === this.#edge.ticket) return this.#succeed()
    this.fail(failure('auth_failed'))
    this.close(CLOSE_CODES.auth_failed.code, CLOSE_CODES.auth_failed.reason)
  }

  #succeed(): void {
    this.#signedIn = true
    const { ticket } = this.#edge
    const expiresAt = new Date(Date.now() + 300_000).toISOString()
    this.send({
      type: 'auth_success',
      user_id: USER_ID,
      session_id: SESSION_ID,
      expires_at: expiresAt,
      ...(ticket !== undefined && { ticket, ticket_expires_at: expiresAt }),
    })
  }

  async #judgeKey(publicKey: string, signature: string): Promise<Failure | undefined> {
    const serverEpochMs = Date.parse(this.#now)
    const purpose = 'login'
    const signed = {
      audience: AUDIENCE,
      purpose,
      publicKey,
      challenge: CHALLENGE,
      serverEpochMs,
    } as const
    const bytes = etc.hexToBytes(signature)
    const key = etc.hexToBytes(publicKey)
    const good = await verifyAsync(bytes, challengeMessage(signed), key, { zip215: false })
    if (!good) return failure('auth_failed')
    return this.#edge.keys.has(publicKey) ? undefined : failure('unknown_key')
  }

  async #call({ id, procedure, data }: ClientFrameOf<'call'>): Promise<void> {
    const handler = this.#edge.procedures[procedure]
    if (!handler) return this.fail(failure('unsupported'), id)
    try {
      this.send({ type: 'reply', id, data: await handler(data as never) })
    } catch (error) {
      this.fail(error instanceof Failure ? error : failure('internal'), id)
    }
  }

  #subscribe({ id, channel, since }: ClientFrameOf<'subscribe'>): void {
    const refusal = this.#edge.refusals.shift()
    if (refusal) return this.fail(refusal, id)
    const stream = this.#edge.stream(channel)
    const { frames, ...rest } = stream.answer(since)
    this.watching.add(channel)
    this.send([{ type: 'subscribed', id, channel, ...stream.position, ...rest }, ...frames])
  }
}
