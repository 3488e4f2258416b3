import { type ConfigOf, type Running, type Runtime, type Task, delayBefore } from '@meshboard/kit'
import type pg from 'pg'
import type { databaseConfig } from './config.ts'
import type { Database } from './database.ts'
import { outboxChannel } from './outbox.ts'
import { type Leadership, becomeLeader, openRelayClient } from './outbox-leader.ts'
import type { StoredRow } from './outbox-publish.ts'
import { OutboxSender, WINDOW } from './outbox-sender.ts'
import { prune } from './prune.ts'
import { type RelayMetrics, createRelayMetrics } from './relay-metrics.ts'

/** Waking is a hint; looking is the truth. */
const POLL_MS = 250
const RETRY = { firstMs: 250, maxMs: 5_000 }
const PRUNE_MS = 10 * 60 * 1000
const SAMPLE_MS = 2_000
/** Beyond any place of the outbox, which is a bigint. */
const PLACE_MAX = '9223372036854775807'
/** Read when at least so many can be sent. */
const ROOM_MIN = WINDOW / 4

interface Deps {
  readonly database: Database
}

/**
 * Carries a service's events from its outbox to its stream. Of all the service's processes one does
 * it, by an advisory lock; events of one key go one after the other, each once the stream has the
 * one before. An event whose storing is unclear is sent again under the same id. One that the stream
 * refuses holds up its own key only.
 */
export const outboxRelay: Task<Deps, ConfigOf<typeof databaseConfig>> = {
  name: 'outbox relay',
  start: (runtime) => Promise.resolve(new OutboxRelay(runtime)),
}

class OutboxRelay implements Running {
  readonly #runtime: Runtime
  readonly #leadership: Leadership
  readonly #counts: RelayMetrics
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>
  #wake: () => void = () => undefined
  #woken = false
  #prunedAt = 0
  #sampledAt = 0
  /** The last place of the outbox that is sent by this process. */
  #lastPlace = PLACE_MAX
  /** When the database last answered to who holds the lock, by the clock that never jumps. */
  #ledAt = 0

  constructor(runtime: Runtime<ConfigOf<typeof databaseConfig>>) {
    const { service, config, log, broker, metrics } = runtime
    this.#runtime = runtime
    this.#leadership = {
      service,
      log,
      url: config.databaseUrl.reveal(),
      silentMs: config.outboxLeaderSilentMs,
      stopping: this.#stopping.signal,
    }
    this.#counts = createRelayMetrics(metrics.registry)
    broker.onConnection(() => this.wake())
    this.#running = this.#run()
  }

  wake(): void {
    this.#woken = true
    this.#wake()
  }

  /** Stops after what was committed before is sent; what others commit meanwhile is left to them. */
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
        this.#runtime.log.warn({ err: error }, 'outbox relay interrupted, will go on')
        await this.#pause(delayBefore(attempt, RETRY))
      }
    }
  }

  async #lead(onProgress: () => void): Promise<void> {
    const { service } = this.#runtime
    const client = await openRelayClient(this.#leadership)
    client.on('error', () => this.wake()).on('notification', () => this.wake())
    const sender = this.#sender()
    try {
      await client.query(`set search_path to "${service}"`)
      if (!(await becomeLeader(client, this.#leadership))) return
      this.#counts.leads.set(1)
      await client.query(`listen "${outboxChannel(service)}"`)
      for (;;) {
        const last = this.#stopping.signal.aborted
        if (last && this.#lastPlace === PLACE_MAX) this.#lastPlace = await lastPlace(client)
        const found = await this.#turn(client, sender)
        onProgress()
        if (last && found === 0 && (sender.idle || sender.blocked)) return
        await this.#rest()
      }
    } finally {
      sender.close()
      this.#counts.leads.set(0)
      this.#counts.unsent.set(0)
      this.#counts.oldestUnsent.set(0)
      await client.end().catch(() => undefined)
    }
  }

  #sender(): OutboxSender {
    const { service, broker, log } = this.#runtime
    return new OutboxSender({
      ...{ service, broker, log, counts: this.#counts },
      // Half of what the standby allows: whoever was stopped and goes on finds out before it sends.
      leads: () => performance.now() - this.#ledAt < this.#leadership.silentMs / 2,
      wake: () => this.wake(),
    })
  }

  /** Notes what was sent, and has sent what there is room for. Gives how many that were. */
  async #turn(client: pg.Client, sender: OutboxSender): Promise<number> {
    const { sent, inHand, heldKeys, room } = sender.begin()
    const limit = room >= ROOM_MIN ? room : 0
    const asked = performance.now()
    const asking = [sent, inHand, heldKeys, limit, this.#lastPlace]
    const { rows } = await client.query<StoredRow>(TURN, asking)
    this.#ledAt = asked
    sender.noted(sent)
    sender.send(rows)
    if (rows.length === limit && limit > 0) this.wake()
    await this.#sampleSometimes(client)
    await this.#pruneSometimes(client)
    return rows.length
  }

  async #sampleSometimes(client: pg.Client): Promise<void> {
    if (performance.now() - this.#sampledAt < SAMPLE_MS) return
    this.#sampledAt = performance.now()
    const { rows } = await client.query<{ unsent: number; age: number | null }>(SAMPLE)
    this.#counts.unsent.set(rows[0]?.unsent ?? 0)
    this.#counts.oldestUnsent.set(rows[0]?.age ?? 0)
  }

  async #pruneSometimes(client: pg.Client): Promise<void> {
    if (Date.now() - this.#prunedAt < PRUNE_MS) return
    if (!(await prune(client))) this.#prunedAt = Date.now()
  }

  /** Until there may be something to do; not at all when that was said meanwhile. */
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

/** What is committed by now has no later place. */
const lastPlace = async (client: pg.Client): Promise<string> => {
  const { rows } = await client.query<{ place: string | null }>(
    'select max(position) as place from outbox where published_at is null',
  )
  return rows[0]?.place ?? '0'
}

/** By what is unsent, never by a place: a place taken earlier may be committed later. */
const TURN = `
  with noted as (
    update outbox set published_at = now() where id = any($1::text[])
  )
  select id, topic, key, n, event, headers, payload from outbox
  where published_at is null and id <> all($2::text[]) and topic || '.' || key <> all($3::text[])
    and position <= $5
  order by position limit $4`

const SAMPLE = `
  select count(*)::int as unsent, extract(epoch from clock_timestamp() - min(created_at))::float8 as age
  from (
    select created_at from outbox where published_at is null order by position limit 100000
  ) as oldest`
