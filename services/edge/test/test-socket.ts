import { SUBPROTOCOL } from '@meshboard/contracts'
import WebSocket from 'ws'
import type { EdgeMesh } from './harness.ts'
import type { TestKey } from './test-auth.ts'
import { until } from './until.ts'

/** A frame as it came, whatever it holds. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Frame = Record<string, any>

/** A client by hand: what it sends is what is sent, what it gets is kept in order. */
export class TestSocket {
  readonly websocket: WebSocket
  /** Every text message, as it came. */
  readonly texts: string[] = []
  /** Every frame that has not been asked for. */
  readonly frames: Frame[] = []
  closed: { code: number; reason: string } | undefined
  /** The status of an upgrade that was refused. */
  refused: { status: number; body: string } | undefined

  constructor(
    url: string,
    options: { protocols?: string[]; headers?: Record<string, string> } = {},
  ) {
    const { protocols = [SUBPROTOCOL], headers = {} } = options
    this.websocket = new WebSocket(url, protocols, { headers })
    this.websocket
      .on('message', (data) => this.#take(String(data)))
      .on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }))
      .on('error', () => {})
      .on('unexpected-response', (_request, response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.on('end', () => (this.refused = { status: response.statusCode ?? 0, body }))
      })
  }

  send(...frames: unknown[]): void {
    for (const frame of frames) {
      this.websocket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
    }
  }

  /** The next frame of a type, taken out; frames of other types stay. */
  async next(type: string, ms = 15_000): Promise<Frame> {
    try {
      return await until(() => this.#pick((frame) => frame['type'] === type), ms)
    } catch {
      const closed = this.closed ? ` (closed ${this.closed.code})` : ''
      throw new Error(`no ${type} came${closed}; there is ${JSON.stringify(this.frames)}`)
    }
  }

  /** The answer to a request: whatever frame bears its id. */
  answer(id: number): Promise<Frame> {
    return until(() => this.#pick((frame) => frame['id'] === id))
  }

  /** The next `count` events. */
  async events(count: number, ms = 15_000): Promise<Frame[]> {
    const events: Frame[] = []
    while (events.length < count) events.push(await this.next('event', ms))
    return events
  }

  async close(): Promise<void> {
    this.websocket.close()
    await until(() => this.closed)
  }

  /** How the edge ended it. */
  ended(ms = 15_000): Promise<{ code: number; reason: string }> {
    return until(() => this.closed, ms)
  }

  #pick(matches: (frame: Frame) => boolean): Frame | undefined {
    const index = this.frames.findIndex(matches)
    return index < 0 ? undefined : this.frames.splice(index, 1)[0]
  }

  #take(text: string): void {
    this.texts.push(text)
    if (!text.startsWith('{') && !text.startsWith('[')) return
    const value: Frame | Frame[] = JSON.parse(text)
    this.frames.push(...[value].flat())
  }
}

/** A socket of `/ws/v1` on which a key has signed in. */
export const signedIn = async (mesh: EdgeMesh, key: TestKey): Promise<TestSocket> => {
  const socket = new TestSocket(mesh.url('/ws/v1'))
  const welcome = await socket.next('welcome')
  socket.send({ type: 'auth', public_key: key.publicKey, ...key.signChallenge(welcome) })
  await socket.next('auth_success')
  return socket
}
