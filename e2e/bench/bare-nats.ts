import { type Socket, connect } from 'node:net'

interface Options {
  url: string
  /** Absent: the broker asks nobody who they are. */
  user?: string
  password?: string
}

type Listener = (payload: Buffer) => void

const END = '\r\n'
const CR = 0x0d
const M = 0x4d
const EMPTY = Buffer.alloc(0)

/**
 * A NATS client of the least code that works: the floor that a reader of feeds is held against, and a
 * publisher that leaves its core to what is measured. No reconnection; a refusal ends the process.
 */
export class BareNats {
  readonly #socket: Socket
  readonly #listeners: Listener[] = []
  #rest: Buffer = EMPTY
  #isHeld = false
  #pong: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
  }

  /** Connected and signed in. */
  static async connect({ url, user, password }: Options): Promise<BareNats> {
    const { hostname, port } = new URL(url)
    const nats = new BareNats(connect({ host: hostname, port: Number(port) }))
    const login = { user, pass: password, headers: true, verbose: false, pedantic: false }
    nats.#write(`CONNECT ${JSON.stringify(login)}${END}`)
    await nats.flush()
    return nats
  }

  subscribe(subject: string, listener: Listener): void {
    this.#write(`SUB ${subject} ${this.#listeners.length}${END}`)
    this.#listeners.push(listener)
  }

  /** `payload` with its headers before it, as text that ends with an empty line; "" for none. */
  publish(subject: string, payload: string, headers = ''): void {
    const bytes = Buffer.byteLength(payload)
    if (headers === '') return this.#write(`PUB ${subject} ${bytes}${END}${payload}${END}`)
    const sizes = `${headers.length} ${headers.length + bytes}`
    this.#write(`HPUB ${subject} ${sizes}${END}${headers}${payload}${END}`)
  }

  /** Until the broker has taken all before it. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#pong = resolve
      this.#write(`PING${END}`)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  /** What is written in one turn leaves together. */
  #write(text: string): void {
    if (!this.#isHeld) {
      this.#isHeld = true
      this.#socket.cork()
      setImmediate(() => {
        this.#isHeld = false
        this.#socket.uncork()
      })
    }
    this.#socket.write(text)
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    for (let end = bytes.indexOf(CR); end >= 0; end = bytes.indexOf(CR, at)) {
      if (end + END.length > bytes.length) break
      const next = bytes[at] === M ? this.#message(bytes, { at, end }) : end + END.length
      if (next > bytes.length) break
      if (bytes[at] !== M) this.#answer(bytes.toString('latin1', at, end))
      at = next
    }
    this.#rest = at === bytes.length ? EMPTY : bytes.subarray(at)
  }

  /** Hands a message over if all of it is there; gives where the next line begins. */
  #message(bytes: Buffer, { at, end }: { at: number; end: number }): number {
    const line = bytes.toString('latin1', at, end)
    const lastSpace = line.lastIndexOf(' ')
    const from = end + END.length
    const to = from + Number(line.slice(lastSpace + 1))
    const next = to + END.length
    if (next > bytes.length) return next
    const sid = line.slice(line.lastIndexOf(' ', lastSpace - 1) + 1, lastSpace)
    this.#listeners[Number(sid)]?.(bytes.subarray(from, to))
    return next
  }

  #answer(line: string): void {
    if (line === 'PING') this.#write(`PONG${END}`)
    else if (line === 'PONG') this.#pong()
    else if (line.startsWith('-ERR')) throw new Error(`the broker says ${line}`)
  }
}
