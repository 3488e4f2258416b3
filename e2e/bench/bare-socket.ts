import { type Socket, connect } from 'node:net'
import { TEXT, clientFrame } from './socket-frames.ts'

/** Once the server has said `after`, the client says `say`; "" for nothing. */
export interface Step {
  readonly after: string
  readonly say: string
}

/** How a server is visited: what stands in the request, and what is said until all is set up. */
export interface Visit {
  readonly port: number
  readonly path: string
  readonly protocols?: string
  readonly steps: readonly Step[]
  /** The kind of frames it sends. */
  readonly opcode?: number
}

const CHUNK_BYTES = 1 << 16
/** All sockets read into this: what they are given must be looked at before the next one reads. */
const CHUNK = Buffer.allocUnsafeSlow(CHUNK_BYTES)
const ACCEPTED: Step = { after: '\r\n\r\n', say: '' }
const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const OPEN_MS_MAX = 60_000
/** What a busy server says, and how long a client waits before it asks again. */
const REFUSED = '"retry":"later"'
const AGAIN_MS = 500

/**
 * A WebSocket client of the least code that works, of which one process can have many: it writes
 * frames, and hands on what comes as bytes, unlooked at.
 */
export class BareSocket {
  /** All that was said until it was set up. */
  heard = ''
  /** How often it was told to come back later until then. */
  refusals = 0
  onBytes: (chunk: Buffer) => void = () => undefined
  readonly #socket: Socket
  readonly #steps: readonly Step[]
  readonly #opcode: number
  #step = 0
  #from = 0
  #said = ''
  #isSetUp: () => void = () => undefined

  private constructor({ port, path, protocols, steps, opcode = TEXT }: Visit) {
    this.#steps = [ACCEPTED, ...steps]
    this.#opcode = opcode
    const callback = (bytes: number) => this.#take(CHUNK.subarray(0, bytes))
    this.#socket = connect({ host: '127.0.0.1', port, onread: { buffer: CHUNK, callback } })
    this.#socket
      .setNoDelay(true)
      .write(
        [
          `GET ${path} HTTP/1.1`,
          `Host: 127.0.0.1:${port}`,
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          `Sec-WebSocket-Key: ${KEY}`,
          ...(protocols === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocols}`]),
          '\r\n',
        ].join('\r\n'),
      )
  }

  /** Set up: the server has said all that the steps wait for. Throws when it does not. */
  static open(visit: Visit, onBytes: (chunk: Buffer) => void): Promise<BareSocket> {
    const socket = new BareSocket(visit)
    socket.onBytes = onBytes
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${why}: ${socket.heard.slice(-500)}`))
      const late = setTimeout(() => fail('not set up in time'), OPEN_MS_MAX)
      socket.#socket.once('error', (error) => fail(error.message))
      socket.#socket.once('close', () => fail('closed'))
      socket.#isSetUp = () => {
        clearTimeout(late)
        resolve(socket)
      }
    })
  }

  say(text: string): void {
    this.#socket.write(clientFrame(text, this.#opcode))
  }

  onClose(listener: () => void): void {
    this.#socket.once('close', listener)
  }

  /** Closes without a word, at once. */
  drop(): void {
    this.#socket.removeAllListeners('close').destroy()
  }

  /** If what was asked for was refused for now. */
  #askAgain(): void {
    const at = this.heard.indexOf(REFUSED, this.#from)
    if (at < 0) return
    this.#from = at + REFUSED.length
    this.refusals += 1
    setTimeout(() => this.say(this.#said), AGAIN_MS)
  }

  #take(chunk: Buffer): boolean {
    if (this.#step === this.#steps.length) this.onBytes(chunk)
    else this.#goOn(chunk)
    return true
  }

  #goOn(chunk: Buffer): void {
    this.heard += chunk.toString('latin1')
    for (let step = this.#steps[this.#step]; step; step = this.#steps[this.#step]) {
      const at = this.heard.indexOf(step.after, this.#from)
      if (at < 0) return this.#askAgain()
      if (step.say !== '') this.say((this.#said = step.say))
      this.#from = at + step.after.length
      this.#step += 1
    }
    const rest = Buffer.from(this.heard.slice(this.#from), 'latin1')
    this.#isSetUp()
    if (rest.length > 0) this.onBytes(rest)
  }
}
