import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, Failure } from '@meshboard/client'
import { Measurement } from './measure.ts'
import { probeEcho, probeThroughput } from './probe.ts'
import type { Report } from './report.ts'

const THROUGHPUT_EVERY_MS = 10 * 60_000
const THROUGHPUT_RETRY_MS = 60_000
const RETRY_MS = 1_000
const DISCONNECT_TIMEOUT_MS = 1_500
/** What a heartbeat is refused with when its connection is closed, by its silence or for good. */
const GONE = new Set(['not_found', 'invalid_network_data'])

/** What a device is made from. */
export interface DeviceOptions {
  client: Client
  report: Report
  deviceId: string
  networkName: string
  heartbeatEveryMs: number
  echoEveryMs: number
}

/**
 * One device: keeps its network connection open, measures it and sends heartbeats with what it
 * measured. Owns its timers; the client is closed by `stop`.
 */
export class Device {
  readonly #options: DeviceOptions
  readonly #measurement = new Measurement()
  readonly #timers: NodeJS.Timeout[] = []
  readonly #failed = Promise.withResolvers<never>()
  #beating: NodeJS.Timeout | undefined
  #connectionId: string | undefined
  /** Rises with every login: what belongs to an earlier one gives up. */
  #login = 0
  #probing = false
  /** A heartbeat that could not be sent because nothing was measured yet. */
  #heartbeatDue = false
  #throughputDueAt = 0

  constructor(options: DeviceOptions) {
    this.#options = options
  }

  /** Connects and goes on until something happens that no further attempt can mend: then it throws. */
  async run(): Promise<never> {
    const { client, echoEveryMs } = this.#options
    client.on('ready', () => this.#begin(() => this.#takeUp()))
    client.on('closed', ({ failure }) => failure && this.#failed.reject(failure))
    await client.connect()
    this.#every(echoEveryMs, () => this.#probe())
    return this.#failed.promise
  }

  /** Closes the network connection, then everything else. Takes two seconds at most. */
  async stop(): Promise<void> {
    const { client } = this.#options
    for (const timer of [...this.#timers, this.#beating]) clearInterval(timer)
    this.#login += 1
    const connection_id = this.#connectionId
    if (connection_id !== undefined && client.state === 'open') {
      const timeoutMs = DISCONNECT_TIMEOUT_MS
      await client.network.disconnect({ connection_id }, { timeoutMs }).catch(() => {})
    }
    client.close()
  }

  #every(ms: number, work: () => Promise<void>): void {
    this.#timers.push(setInterval(() => this.#begin(work), ms))
  }

  /** Counted from the connection's opening: so the heartbeat that ends a minute never comes just before. */
  #beat(): void {
    clearInterval(this.#beating)
    const { heartbeatEveryMs } = this.#options
    this.#beating = setInterval(() => this.#begin(() => this.#heartbeat()), heartbeatEveryMs)
  }

  #begin(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.#failed.reject(error))
  }

  /** Opens the network connection, or takes up the one this device has, and measures at once. */
  async #takeUp(): Promise<void> {
    const login = ++this.#login
    while (login === this.#login) {
      const taken = await this.#connect()
      if (taken) break
      await sleep(RETRY_MS, undefined, { ref: false })
    }
    if (login !== this.#login) return
    this.#beat()
    this.#heartbeatDue = true
    await this.#probe()
  }

  /** False: not now, try again. */
  async #connect(): Promise<boolean> {
    const { client, report, deviceId, networkName } = this.#options
    try {
      const link = await client.network.connect({ device_id: deviceId, network_name: networkName })
      this.#connectionId = link.id
      const { id, device_id, network_name, points_earned } = link
      report({ event: 'connection', id, device_id, network_name, points_earned })
      return true
    } catch (error) {
      this.#excuse(error)
      return false
    }
  }

  async #probe(): Promise<void> {
    const { client } = this.#options
    if (this.#probing || this.#connectionId === undefined || client.state !== 'open') return
    this.#probing = true
    try {
      await probeEcho(client, this.#measurement)
      if (performance.now() >= this.#throughputDueAt) await this.#measureThroughput()
    } finally {
      this.#probing = false
    }
    if (this.#heartbeatDue) await this.#heartbeat()
  }

  async #measureThroughput(): Promise<void> {
    const mbps = await probeThroughput(this.#options.client)
    if (mbps !== undefined) this.#measurement.throughput(mbps)
    const waitMs = mbps === undefined ? THROUGHPUT_RETRY_MS : THROUGHPUT_EVERY_MS
    this.#throughputDueAt = performance.now() + waitMs
  }

  async #heartbeat(): Promise<void> {
    const { client, report } = this.#options
    const connection_id = this.#connectionId
    if (connection_id === undefined || client.state !== 'open') return
    const quality = this.#measurement.take()
    this.#heartbeatDue = quality === undefined
    if (!quality) return
    try {
      const answer = await client.network.heartbeat({ connection_id, quality })
      const { status, network_score: score, connection_time } = answer
      report({ event: 'quality', status, score, connection_time, ...quality })
    } catch (error) {
      if (!(error instanceof Failure && GONE.has(error.code))) return this.#excuse(error)
      this.#connectionId = undefined
      await sleep(RETRY_MS, undefined, { ref: false })
      await this.#takeUp()
    }
  }

  /** What will pass is told and forgotten; anything else ends the device. */
  #excuse(error: unknown): void {
    if (!(error instanceof Failure) || error.retry === 'never') throw error
    const { code, message } = error
    if (this.#options.client.state === 'open')
      this.#options.report({ event: 'warning', code, message })
  }
}
