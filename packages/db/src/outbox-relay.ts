import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Broker,
  type ConfigOf,
  type Logger,
  type Running,
  type Runtime,
  type Task,
  delayBefore,
} from '@meshboard/kit'
import pg from 'pg'
import type { databaseConfig } from './config.ts'
import type { Database } from './database.ts'
import { outboxChannel } from './outbox.ts'
import { type StoredRow, publishStored } from './outbox-publish.ts'
import { prune } from './prune.ts'

const BATCH = 256
/** Waking is a hint; looking is the truth. */
const POLL_MS = 250
const RETRY = { firstMs: 250, maxMs: 5_000 }
const PRUNE_MS = 10 * 60 * 1000

interface Deps {
  readonly database: Database
}

/**
 * Carries a service's events from its outbox to its stream. Of all the service's processes one does
 * it, by an advisory lock; events of one key go one after the other, each once the stream has the
 * one before. An event whose storing is unclear is sent again under the same id.
 */
export const outboxRelay: Task<Deps, ConfigOf<typeof databaseConfig>> = {
  name: 'outbox relay',
  start: (runtime) => Promise.resolve(new OutboxRelay(runtime)),
}

class OutboxRelay implements Running {
  readonly #service: string
  readonly #broker: Broker
  readonly #log: Logger
  readonly #url: string
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>
  #wake: () => void = () => undefined
  #woken = false
  #prunedAt = 0

  constructor(runtime: Runtime<ConfigOf<typeof databaseConfig>>) {
    this.#service = runtime.service
    this.#broker = runtime.broker
    this.#log = runtime.log
    this.#url = runtime.config.databaseUrl.reveal()
    this.#running = this.#run()
  }

  wake(): void {
    this.#woken = true
    this.#wake()
  }

  /** Stops after one last look, so that what was committed before is sent. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.wake()
    await this.#running
  }

  async #run(): Promise<void> {
    for (let attempt = 1; !this.#stopping.signal.aborted; attempt += 1) {
      try {
        await this.#lead(() => (attempt = 1))
      } catch (error) {
        this.#log.warn({ err: error }, 'outbox relay interrupted, will go on')
        await this.#pause(delayBefore(attempt, RETRY))
      }
    }
  }

  /** One connection holds the lock, hears the wake-ups and reads: when it breaks, all of it ends. */
  async #lead(onProgress: () => void): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: `${this.#service} relay`,
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
      keepAlive: true,
    })
    client.on('error', () => this.wake())
    client.on('notification', () => this.wake())
    await client.connect()
    try {
      await client.query(`set search_path to "${this.#service}"`)
      if (!(await this.#becomeLeader(client))) return
      await client.query(`listen "${outboxChannel(this.#service)}"`)
      for (;;) {
        const last = this.#stopping.signal.aborted
        const sent = await this.#sendBatch(client)
        onProgress()
        if (sent === BATCH) continue
        if (last) return
        await this.#rest()
        await this.#pruneSometimes(client)
      }
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  async #becomeLeader(client: pg.Client): Promise<boolean> {
    const name = `${this.#service} outbox relay`
    while (!this.#stopping.signal.aborted) {
      const { rows } = await client.query<{ leads: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1, 0)) as leads',
        [name],
      )
      if (rows[0]?.leads) return true
      await sleep(1_000, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
    }
    return false
  }

  /** How many of a batch were sent. Throws when some were not; those that were are marked all the same. */
  async #sendBatch(client: pg.Client): Promise<number> {
    const { rows } = await client.query<StoredRow>(
      `select id, topic, key, n, event, headers, payload from outbox
       where published_at is null order by position limit ${BATCH}`,
    )
    if (rows.length === 0) return 0
    const sent: string[] = []
    const keys = Map.groupBy(rows, (row) => `${row.topic}.${row.key}`)
    const results = await Promise.allSettled(
      [...keys.values()].map((events) => this.#sendInOrder(events, sent)),
    )
    await client.query('update outbox set published_at = now() where id = any($1)', [sent])
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
    return sent.length
  }

  async #sendInOrder(events: readonly StoredRow[], sent: string[]): Promise<void> {
    for (const event of events) {
      await publishStored(this.#broker, this.#service, event)
      sent.push(event.id)
    }
  }

  async #pruneSometimes(client: pg.Client): Promise<void> {
    if (Date.now() - this.#prunedAt < PRUNE_MS) return
    this.#prunedAt = Date.now()
    await prune(client)
  }

  /** Until there may be something to send; not at all when that was said during the last batch. */
  async #rest(): Promise<void> {
    if (!this.#woken) await this.#pause(POLL_MS)
    this.#woken = false
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resume) => {
      const timer = setTimeout(resume, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resume()
      }
    })
  }
}
