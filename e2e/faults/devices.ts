import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { network } from '@meshboard/contracts'
import type { Ask } from './load.ts'
import type { TestUser } from '@meshboard/testkit'

/** How a request ended: its status, or what broke it. */
export interface Answer {
  readonly status: number | string
  readonly body: string
}

/** Requests to the gateway on connections that are kept, as a service of a partner's makes them. */
export class Caller {
  readonly #url: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64, scheduling: 'fifo' })

  constructor(url: string) {
    this.#url = url
  }

  /** Never throws; sends once. */
  ask(how: { method: string; path: string; token: string; body?: unknown }): Promise<Answer> {
    return new Promise((resolve) => {
      const headers = {
        authorization: `Bearer ${how.token}`,
        ...(how.body !== undefined && {
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
        }),
      }
      const { method } = how
      const sent = request(`${this.#url}${how.path}`, { method, headers, agent: this.#agent })
      sent.once('response', (answer) => {
        let body = ''
        answer.setEncoding('utf8')
        answer.on('data', (text: string) => (body += text))
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body }))
        answer.once('error', (error) => resolve({ status: String(error), body }))
      })
      sent.once('error', (error) => resolve({ status: String(error), body: '' }))
      sent.end(how.body === undefined ? undefined : JSON.stringify(how.body))
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** Somebody whose device is online. */
export interface Device {
  readonly user: TestUser
  readonly connectionId: string
}

/** Connects a device of each user, ten at a time; throws when one is refused. */
export const connectDevices = async (
  caller: Caller,
  users: readonly TestUser[],
): Promise<readonly Device[]> => {
  const devices: Device[] = []
  for (let from = 0; from < users.length; from += 10)
    devices.push(...(await Promise.all(users.slice(from, from + 10).map(connectOne(caller)))))
  return devices
}

const connectOne =
  (caller: Caller) =>
  async (user: TestUser): Promise<Device> => {
    const body = { device_id: 'device', network_name: 'home' }
    const path = '/api/networks'
    const answer = await caller.ask({ method: 'POST', path, token: user.token, body })
    if (answer.status !== 201) throw new Error(`no connection: ${answer.status} ${answer.body}`)
    const { id } = network.procedures.connect.output.parse(JSON.parse(answer.body))
    return { user, connectionId: id }
  }

const QUALITY = { latency_ms: 20, jitter_ms: 2, packet_loss_pct: 0, bandwidth_mbps: 100 }
const READS = [
  '/api/networks',
  '/api/earnings/summary',
  '/api/referrals/code',
  '/api/notifications',
]

/** Every second request writes (a heartbeat of the next device), the others read, of each service. */
export const overHttp = (caller: Caller, devices: readonly Device[]): Ask => {
  return async (turn) => {
    const device = devices[Math.floor(turn / 2) % devices.length]
    if (!device) throw new Error('no device')
    const { token } = device.user
    const beat = `/api/networks/${device.connectionId}/heartbeat`
    const read = READS[Math.floor(turn / 2) % READS.length] ?? ''
    const { status, body } =
      turn % 2 === 0
        ? await caller.ask({ method: 'POST', path: beat, token, body: { quality: QUALITY } })
        : await caller.ask({ method: 'GET', path: read, token })
    if (status === 200) return undefined
    return `${turn % 2 === 0 ? 'heartbeat' : read}: ${status} ${body.slice(0, 200)}`
  }
}
