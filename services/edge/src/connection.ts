import type { Socket } from 'node:net'
import { CLOSE_CODES, failure } from '@meshboard/contracts'
import { type Runtime, activeTraceId, failActiveSpan, newId } from '@meshboard/kit'
import type { WebSocket } from 'ws'
import { NEAR_RATE } from './announced-limits.ts'
import { Calls } from './calls.ts'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import { Device } from './device.ts'
import type { CloseReason, Door, Outgoing } from './doors/door.ts'
import { closeLabel } from './edge-metrics.ts'
import type { Gap } from './feed-event.ts'
import type { Pulse } from './heartbeat.ts'
import { Inbox } from './inbox.ts'
import { Outbound } from './outbound.ts'
import type { Peer } from './peer.ts'
import { refusalOf } from './refusal.ts'
import { receive } from './router.ts'
import { SignedIn } from './signed-in.ts'
import { Subscriptions } from './subscriptions.ts'

export interface ConnectionParts {
  websocket: WebSocket
  socket: Socket
  door: Door
  peer: Peer
  runtime: Runtime<Config>
  deps: Deps
}

/** One socket: greeting → open → draining → closed. Owns everything that ends with it. */
export class Connection implements Pulse {
  readonly id = newId('session')
  readonly door: Door
  readonly peer: Peer
  readonly runtime: Runtime<Config>
  readonly deps: Deps
  readonly login: SignedIn
  readonly calls: Calls
  readonly device: Device
  readonly subscriptions: Subscriptions
  readonly outbound: Outbound
  readonly #websocket: WebSocket
  readonly #inbox: Inbox
  #ownCode: number | undefined
  #draining: NodeJS.Timeout | undefined

  constructor({ websocket, socket, door, peer, runtime, deps }: ConnectionParts) {
    this.door = door
    this.peer = peer
    this.runtime = runtime
    this.deps = deps
    this.#websocket = websocket
    const { config } = runtime
    const onSlow = () => this.close('slow')
    this.outbound = new Outbound({ websocket, socket, config, deps, onSlow })
    this.#inbox = new Inbox({
      websocket,
      perSecond: config.operationsPerSecond,
      burst: config.operationsBurst,
      heldMax: config.messagesHeldMax,
      receive: (text) => receive(this, text),
      onLimit: () => {
        deps.pressure.limits.inc({ limit: 'operations_per_second' })
        this.send(NEAR_RATE)
      },
      onOverflow: () => this.close('rate'),
    })
    this.login = new SignedIn(this)
    this.calls = new Calls(this)
    this.device = new Device(this)
    this.subscriptions = new Subscriptions(this)
    this.#listen()
  }

  get heardAt(): number {
    return this.#inbox.heardAt
  }

  get isClosed(): boolean {
    return this.#ownCode !== undefined || this.#websocket.readyState !== this.#websocket.OPEN
  }

  send(frame: Outgoing): void {
    const text = this.door.dialect.encode(frame)
    if (text !== undefined) this.sendText(text)
  }

  sendText(text: string | Buffer): void {
    if (this.isClosed) return
    this.deps.metrics.framesSent.inc()
    this.outbound.send(text)
  }

  /** The text of a frame whose size the edge does not know. Fails `unsupported` over the limit. */
  encodeBounded(frame: Outgoing): string | undefined {
    const text = this.door.dialect.encode(frame)
    const { frameOutBytesMax } = this.runtime.config
    if (text === undefined || Buffer.byteLength(text) <= frameOutBytesMax) return text
    this.deps.pressure.limits.inc({ limit: 'frame_out_bytes' })
    throw failure('unsupported', { message: 'The answer is too large for a frame.' })
  }

  /** Tells the client why something was refused. What is a bug goes to the log. */
  refuse(error: unknown, id?: number): void {
    const refused = refusalOf(error)
    if (refused !== error && refused.code === 'internal')
      this.runtime.log.error({ err: error, id: this.id }, 'unexpected fault')
    failActiveSpan(refused)
    this.deps.metrics.refusals.inc({ code: refused.code })
    const envelope = refused.toEnvelope(refused.traceId ?? activeTraceId())
    this.send({ type: 'error', ...(id !== undefined && { id }), ...envelope })
  }

  /** Ends it with a code that tells the client what to do. `detail` goes into the reason. */
  close(why: CloseReason, detail = ''): void {
    if (this.#ownCode !== undefined) return
    this.#inbox.end()
    this.#websocket.resume()
    const { code, reason } = CLOSE_CODES[why]
    this.#ownCode = this.door.closeCodes[why] ?? code
    this.#websocket.close(this.#ownCode, `${reason}${detail}`)
    this.#end()
  }

  /** Tells of events that cannot be given. */
  tellGap(channel: string, gap: Gap): void {
    this.deps.metrics.gaps.inc({ reason: gap.reason })
    this.send({ type: 'gap', channel, ...gap })
  }

  /** Counts the frames of a message: further ones of a batch cost as much as the first. */
  count(frames: number): void {
    this.deps.metrics.framesReceived.inc(frames)
    this.#inbox.charge(frames - 1)
  }

  /** Asks the client to move on within `afterMs`; closes at `closeMs`, once each call it took is answered. */
  drain(afterMs: number, closeMs: number): void {
    this.send({ type: 'going_away', after_ms: Math.round(afterMs), ...this.login.ticket })
    const waitMs = this.door.isManaged ? closeMs : afterMs
    const leave = () => this.calls.afterAnswers(() => this.close('draining'))
    this.#draining = setTimeout(() => void leave(), waitMs)
  }

  terminate(): void {
    this.#websocket.terminate()
  }

  ping(): void {
    if (this.door.isManaged) this.send({ type: 'ping' })
    else if (!this.isClosed) this.#websocket.ping()
  }

  silent(): void {
    this.close('no_pong')
  }

  beat(now: number): void {
    this.outbound.checkProgress(now, this.runtime.config.writeDeadlineMs)
  }

  #listen(): void {
    const { connections, heartbeat, metrics } = this.deps
    connections.add(this)
    heartbeat.add(this)
    metrics.connections.inc({ door: this.door.path })
    this.#websocket
      .on('message', (data, isBinary) => this.#inbox.take(isBinary ? '' : data.toString()))
      .on('ping', (data) => this.#inbox.ping(data))
      .on('pong', () => {
        heartbeat.answered(this)
        this.#inbox.pong()
      })
      .on('error', (error) => this.runtime.log.debug({ err: error, id: this.id }, 'socket fault'))
      .on('close', (code) => this.#left(code))
  }

  #end(): void {
    clearTimeout(this.#draining)
    this.login.end()
    this.calls.end()
    this.subscriptions.end()
    this.deps.heartbeat.remove(this)
  }

  #left(code: number): void {
    const { connections, metrics, admission } = this.deps
    this.#inbox.end()
    this.#end()
    connections.delete(this)
    admission.leave({ isStranger: this.login.userId === undefined })
    metrics.connections.dec({ door: this.door.path })
    metrics.closes.inc({ code: String(this.#ownCode ?? closeLabel(code)) })
    this.runtime.log.debug({ id: this.id, user_id: this.login.userId, code }, 'socket closed')
  }
}
