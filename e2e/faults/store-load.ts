import { setTimeout as sleep } from 'node:timers/promises'
import { Failure, network } from '@meshboard/contracts'
import { type TestMesh, type TestUser, until } from '@meshboard/testkit'
import type { Acknowledged } from './store-audit.ts'

const { connect, heartbeat } = network.procedures
const QUALITY = { latency_ms: 0, jitter_ms: 0, packet_loss_pct: 0 }
const BEAT_MS = 50
/** Longer than any run. */
const LOGIN_SECONDS = 7_200
/** What a caller may be told of something that is away. */
const OUTAGE = new Set(['unavailable', 'deadline_exceeded', 'overloaded'])

/**
 * Devices that beat all the time, whatever answers they get. An answer that was given must hold for
 * ever: what of it is gone later was lost.
 */
export class StoreLoad {
  readonly #mesh: TestMesh
  readonly #running: Promise<void>[]
  readonly #acknowledged = new Map<string, Acknowledged>()
  #stopping = false
  /** Answers so far. */
  answered = 0
  /** Refusals that no outage explains. */
  readonly wrong: Failure[] = []

  private constructor(mesh: TestMesh, users: readonly TestUser[]) {
    this.#mesh = mesh
    this.#running = users.map((user) => this.#beat(user))
  }

  /** Starts so many devices, each with a user of its own. */
  static async start(mesh: TestMesh, devices: number): Promise<StoreLoad> {
    const users: TestUser[] = []
    for (let device = 0; device < devices; device += 1)
      users.push(await mesh.user({ seconds: LOGIN_SECONDS }))
    return new StoreLoad(mesh, users)
  }

  /** Waits until every device may have been answered since now; throws after `ms`. */
  async answersAgain(ms: number): Promise<void> {
    const wanted = this.answered + this.#running.length
    await until(() => this.answered >= wanted, { ms, late: `nobody is answered after ${ms} ms` })
  }

  /** Ends it; gives what each device was told last. */
  async stop(): Promise<Acknowledged[]> {
    this.#stopping = true
    await Promise.all(this.#running)
    return [...this.#acknowledged.values()]
  }

  async #beat(user: TestUser): Promise<void> {
    let id: string | undefined
    while (!this.#stopping) {
      try {
        id ??= await this.#connect(user)
        const told = await this.#mesh.call(heartbeat, { connection_id: id, quality: QUALITY }, user)
        this.#acknowledged.set(id, { id, seconds: told.connection_time })
        this.answered += 1
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        if (!OUTAGE.has(error.code)) this.wrong.push(error)
      }
      await sleep(BEAT_MS)
    }
  }

  async #connect(user: TestUser): Promise<string> {
    const opened = await this.#mesh.call(connect, { device_id: 'd', network_name: 'n' }, user)
    return opened.id
  }
}
