import { type OutputOf, failure, network } from '@meshboard/contracts'
import type { Connection } from './connection.ts'
import { type JsonObject, isObject } from './frames.ts'

const { connect, heartbeat, disconnect } = network.procedures

export const DEVICE_REQUESTS = ['connect', 'heartbeat', 'disconnect'] as const
type DeviceRequestType = (typeof DEVICE_REQUESTS)[number]

/** What the device at a plain door asks; its data is as it came. */
export type DeviceRequest = {
  [T in DeviceRequestType]: { readonly type: T; readonly data: unknown; traceparent?: string }
}[DeviceRequestType]

/** What the device is told; a refusal is an `error` like any other. */
export type DeviceAnswer =
  | { readonly type: 'connected'; readonly data: OutputOf<typeof connect> }
  | { readonly type: 'heartbeat_ack'; readonly data: OutputOf<typeof heartbeat> }
  | { readonly type: 'disconnected' }

/**
 * The device that speaks on a socket: which network connection it has opened there. A socket that
 * ends leaves that connection as it is; the next one takes it up with `connect`.
 */
export class Device {
  readonly #connection: Connection
  #connectionId: string | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Has a request done, with one call, and answers it. Fails with why it cannot be. */
  async handle(request: DeviceRequest): Promise<void> {
    void this.#connection.login.required
    const text = this.#connection.encodeBounded(await this.#answer(request))
    if (text !== undefined) this.#connection.sendText(text)
  }

  #answer({ type, data }: DeviceRequest): Promise<DeviceAnswer> {
    switch (type) {
      case 'connect':
        return this.#connect(data)
      case 'heartbeat':
        return this.#heartbeat(data)
      case 'disconnect':
        return this.#disconnect()
    }
  }

  async #connect(data: unknown): Promise<DeviceAnswer> {
    const opened = await this.#connection.calls.ask(connect, objectIn(data))
    this.#connectionId = opened.id
    return { type: 'connected', data: opened }
  }

  async #heartbeat(data: unknown): Promise<DeviceAnswer> {
    const input = { connection_id: this.#opened, quality: objectIn(data) }
    return { type: 'heartbeat_ack', data: await this.#connection.calls.ask(heartbeat, input) }
  }

  async #disconnect(): Promise<DeviceAnswer> {
    await this.#connection.calls.ask(disconnect, { connection_id: this.#opened })
    this.#connectionId = undefined
    return { type: 'disconnected' }
  }

  get #opened(): string {
    if (this.#connectionId !== undefined) return this.#connectionId
    throw failure('invalid_network_data', { message: 'connect first' })
  }
}

const objectIn = (data: unknown): JsonObject => {
  if (isObject(data)) return data
  const wanted = 'an object with the fields of the message'
  throw failure('invalid', { message: `"data" must be ${wanted}.`, fields: { data: [wanted] } })
}
