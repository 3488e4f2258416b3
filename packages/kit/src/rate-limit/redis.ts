import { readFileSync } from 'node:fs'
import type { Registry } from '@prometheus-io/client'
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel'
import { Redis as Client } from 'ioredis'
import { type Backoff, delayBefore } from '../backoff.ts'
import { Secret, type Variable, url } from '../config.ts'
import { trustFile } from '../tls/pem-files.ts'
import { evictingPolicy } from './eviction.ts'
import { lookupsOf, measureCommands } from './redis-commands.ts'
import { type RedisMetrics, createRedisMetrics } from './redis-metrics.ts'

/** A connection to Redis that comes back by itself. */
export interface Redis {
  readonly client: Client
  /** Whether a command sent now would reach the server. */
  readonly ready: boolean
  readonly metrics: RedisMetrics
  /**
   * Runs commands, and fails as they do; at once while the server is away, and for a second after
   * five in a row have failed: a server that hangs costs a few callers 50 ms, and the others nothing.
   */
  ask<T>(commands: () => Promise<T>): Promise<T>
  /** Ends the connection; commands in flight fail. Closed by who opened it. */
  close(): Promise<void>
}

/** What to do with what is found out about a Redis. */
export interface RedisOptions {
  /** Told once of each outage, never of a command's own failure. */
  readonly onFault: (error: Error) => void
  /** Told, with each connection, of a setting that weakens what is kept there, as a sentence. */
  readonly onWarning?: (warning: string) => void
  /** Where to measure; one Redis for each registry. */
  readonly registry?: Registry
  /** PEM file of who signs the server's certificate, for `rediss://`; empty: whom the system trusts. */
  readonly caFile?: string
}

const COMMAND_MS = 50
const CONNECT_MS = 2_000
const RECONNECT: Backoff = { firstMs: 100, maxMs: 2_000 }
const FAILURES_MAX = 5
const BREAK_MS = 1_000

/**
 * Connects to Redis for state that may be forgotten: waits for the first attempt, at most 2 s, but
 * never fails. While the server is away, commands fail at once instead of queueing; one that gets no
 * answer fails after 50 ms.
 */
export const openRedis = async (address: string, options: RedisOptions): Promise<Redis> => {
  const client = new Client(address, {
    ...tlsOptions(address, options),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    // Its sender has long been told that it failed: sent again, it would take effect behind his back.
    autoResendUnfulfilledCommands: false,
    commandTimeout: COMMAND_MS,
    connectTimeout: CONNECT_MS,
    retryStrategy: (attempt) => delayBefore(attempt, RECONNECT),
  })
  const redis = new WatchedRedis(client, options)
  await firstAttempt(client)
  return redis
}

/** Without TLS nothing is trusted, whatever file is named. */
export const tlsOptions = (address: string, { caFile = '' }: Pick<RedisOptions, 'caFile'>) =>
  address.startsWith('rediss:') && caFile !== '' ? { tls: { ca: readFileSync(caFile) } } : {}

class WatchedRedis implements Redis {
  readonly client: Client
  readonly metrics: RedisMetrics
  readonly #options: RedisOptions
  #breaker = newBreaker()
  #away = false
  #mayEvict = false

  constructor(client: Client, options: RedisOptions) {
    this.client = client
    this.#options = options
    this.metrics = createRedisMetrics({
      registry: options.registry,
      usable: () => this.ready && this.#breaker.state === CircuitState.Closed,
      mayEvict: () => this.#mayEvict,
      lookups: () => lookupsOf(client),
    })
    measureCommands(client, this.metrics)
    client.on('error', (error: Error) => this.#lost(error))
    client.on('ready', () => void this.#connected())
  }

  get ready(): boolean {
    return this.client.status === 'ready'
  }

  async ask<T>(commands: () => Promise<T>): Promise<T> {
    if (!this.ready) throw new Error('Redis is not connected')
    return this.#breaker.execute(commands)
  }

  close(): Promise<void> {
    return closed(this.client)
  }

  #lost(error: Error): void {
    if (!this.#away) this.#options.onFault(error)
    this.#away = true
  }

  /** A new connection says nothing of how the one before behaved. */
  async #connected(): Promise<void> {
    this.#away = false
    this.#breaker = newBreaker()
    const policy = await evictingPolicy(this.client)
    this.#mayEvict = policy !== undefined
    if (policy === undefined) return
    this.#options.onWarning?.(
      `Redis drops counts of limits when its memory is full (maxmemory-policy ${policy}): set noeviction, or give limits a Redis of their own`,
    )
  }
}

const newBreaker = () =>
  circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(FAILURES_MAX),
    halfOpenAfter: BREAK_MS,
  })

const firstAttempt = (client: Client): Promise<void> =>
  new Promise((resolve) => {
    client.once('ready', () => resolve())
    client.once('close', () => resolve())
  })

const closed = (client: Client): Promise<void> => {
  if (client.status === 'end') return Promise.resolve()
  // Between two attempts there is no connection whose end could be waited for.
  const idle = client.status === 'reconnecting' || client.status === 'close'
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()))
  client.disconnect()
  return idle ? Promise.resolve() : ended
}

const address = url({
  env: 'REDIS_URL',
  meaning: 'State that may be forgotten, shared by all instances; empty: each keeps its own.',
  schemes: ['redis:', 'rediss:'],
})

/** `REDIS_URL`, which may be empty: then there is no Redis. */
export const redisUrl: Variable<Secret> = {
  ...address,
  default: '',
  read: (text) => (text === '' ? new Secret('') : address.read(text)),
}

/** `REDIS_CA_FILE`, beside `REDIS_URL`. */
export const redisCaFile: Variable<string> = trustFile({
  env: 'REDIS_CA_FILE',
  meaning:
    'PEM file of the certificates that sign that of Redis, where it is rediss://; empty: those the system trusts.',
})
