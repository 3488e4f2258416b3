import { type RequestOptions, request } from 'node:https'
import { type IncomingHttpHeaders, request as plainRequest } from 'node:http'
import { PlainSocket } from '@meshboard/testkit'

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
    try {
      const socket = await this.open(path, headers)
      socket.close()
      return 101
    } catch (error) {
      const status = /Unexpected server response: (\d+)/.exec(String(error))?.[1]
      if (status === undefined) throw error
      return Number(status)
    }
  }

  /** A socket that is open. */
  open(
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<PlainSocket<Record<string, unknown>>> {
    const coming = { localAddress: this.address, headers }
    return PlainSocket.open(`wss://localhost:${this.#port}${path}`, coming)
  }

  #from() {
    const { address: localAddress } = this
    return { host: '127.0.0.1', servername: 'localhost', port: this.#port, localAddress }
  }
}
