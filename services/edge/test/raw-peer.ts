import { type Socket, connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { until } from './until.ts'
import { OPCODES, readFrame } from './wire.ts'

interface Target {
  port: number
  path?: string
  /** Further lines of the head. */
  headers?: readonly string[]
}

const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

/** The head of an upgrade as any client would send it. */
export const upgradeHead = ({ path = '/ws/v1', headers = [] }: Omit<Target, 'port'> = {}): string =>
  [`GET ${path} HTTP/1.1`, 'Host: edge', ...UPGRADE, ...headers, '', ''].join('\r\n')

/** A bare connection to the edge: every byte of it is the test's, and it answers nothing by itself. */
export class RawPeer {
  readonly socket: Socket
  /** Every text that came. */
  readonly texts: string[] = []
  readonly pongs: string[] = []
  /** The answer's head to the upgrade. */
  head = ''
  /** The code of the close frame that came; 1005 for one without a code. */
  code: number | undefined
  #bytes: Buffer = Buffer.alloc(0)

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.on('data', (chunk) => this.#take(chunk)).on('error', () => {})
  }

  /** One that has been let in. */
  static async open({ port, ...target }: Target): Promise<RawPeer> {
    const peer = new RawPeer(port)
    peer.socket.write(upgradeHead(target))
    await until(() => peer.head !== '' || peer.isGone)
    if (peer.status !== 101) throw new Error(`not let in: ${peer.head}`)
    return peer
  }

  get status(): number {
    return Number(/^HTTP\/1.1 (\d+)/.exec(this.head)?.[1] ?? 0)
  }

  /** Whether the connection is over, whoever ended it. */
  get isGone(): boolean {
    return this.socket.closed || this.socket.readableEnded
  }

  write(...pieces: readonly (Uint8Array | string)[]): void {
    for (const piece of pieces) this.socket.write(piece)
  }

  /** Each byte in a turn of its own. Ends early when the edge has had enough. */
  async drip(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length && !this.isGone && this.code === undefined; at += 1) {
      this.socket.write(bytes.subarray(at, at + 1))
      await nextTurn()
    }
  }

  /** The code that the edge closes with. */
  closedWith(ms?: number): Promise<number> {
    return until(() => this.code, ms)
  }

  destroy(): void {
    this.socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    if (this.head === '') this.#takeHead()
    if (this.head === '') return
    let from = 0
    for (let next = readFrame(this.#bytes, 0); next; next = readFrame(this.#bytes, from)) {
      this.#takeFrame(next)
      from = next.end
    }
    this.#bytes = this.#bytes.subarray(from)
  }

  #takeHead(): void {
    const end = this.#bytes.indexOf('\r\n\r\n')
    if (end < 0) return
    this.head = this.#bytes.subarray(0, end + 4).toString('latin1')
    this.#bytes = this.status === 101 ? this.#bytes.subarray(end + 4) : Buffer.alloc(0)
  }

  #takeFrame({ opcode, payload }: { opcode: number; payload: Buffer }): void {
    if (opcode === OPCODES.text) this.texts.push(payload.toString())
    if (opcode === OPCODES.pong) this.pongs.push(payload.toString())
    if (opcode === OPCODES.close) this.code = payload.length < 2 ? 1005 : payload.readUInt16BE(0)
  }
}
