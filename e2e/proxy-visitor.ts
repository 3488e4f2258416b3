import { type RequestOptions, request } from 'node:https'
import { type IncomingHttpHeaders, request as plainRequest } from 'node:http'
import { until } from '@meshboard/testkit'
import { WebSocket } from 'ws'

/** An answer, as far as it is looked at. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What is asked besides the path. */
export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** By plain HTTP. */
  readonly plain?: boolean
}

/** Somebody with an address of his own, one of the loopback's, before a proxy. */
export class Visitor {
  readonly address: string
  readonly #port: number

  constructor(address: string, port: number) {
    this.address = address
    this.#port = port
  }

  /** Asks once, on a connection of its own. */
  ask(path: string, asking: Asking = {}): Promise<Answer> {
    const { method = 'GET', body, plain = false } = asking
    const headers = { host: `localhost:${this.#port}`, ...asking.headers }
    const options: RequestOptions = { ...this.#from(), path, method, headers, agent: false }
    return new Promise((resolve, reject) => {
      const asked = (plain ? plainRequest : request)(options, (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        )
      })
      asked.once('error', reject).end(body)
    })
  }

  /** Posts JSON. */
  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const length = String(Buffer.byteLength(text))
    const head = { 'content-type': 'application/json', 'content-length': length, ...headers }
    return this.ask(path, { method: 'POST', headers: head, body: text })
  }

  /** The status that an upgrade is answered with; 101 when the socket opens, which is closed again. */
  async knock(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    const socket = this.#socket(path, headers)
    const status = await new Promise<number>((resolve, reject) => {
      socket.once('open', () => resolve(101)).once('error', reject)
      socket.once('unexpected-response', (_request, response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
    })
    socket.close()
    return status
  }

  /** A socket that is open, with every frame it gets. */
  async open(path: string): Promise<OpenSocket> {
    const socket = this.#socket(path, {})
    const frames: Frame[] = []
    socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Frame))
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return {
      socket,
      next: (matches) =>
        until(() => frames.find(matches), { ms: 20_000, late: JSON.stringify(frames) }),
    }
  }

  #socket(path: string, headers: Readonly<Record<string, string>>): WebSocket {
    const options = { ...this.#from(), headers }
    const socket = new WebSocket(`wss://localhost:${this.#port}${path}`, options)
    return socket.on('error', () => undefined)
  }

  #from() {
    const { address: localAddress } = this
    return { host: '127.0.0.1', servername: 'localhost', port: this.#port, localAddress }
  }
}

type Frame = Record<string, unknown>

/** A socket, and what it was sent. */
export interface OpenSocket {
  readonly socket: WebSocket
  readonly next: (matches: (frame: Frame) => boolean) => Promise<Frame>
}
