import { Redis as Client } from 'ioredis'
import { type Backoff, delayBefore } from '../backoff.ts'
import { Secret, type Variable, url } from '../config.ts'

/** A connection to Redis that comes back by itself. */
export interface Redis {
  readonly client: Client
  /** Whether a command sent now would reach the server. */
  readonly ready: boolean
  /** Ends the connection; commands in flight fail. Closed by who opened it. */
  close(): Promise<void>
}

const COMMAND_MS = 50
const CONNECT_MS = 2_000
const RECONNECT: Backoff = { firstMs: 100, maxMs: 2_000 }

/**
 * Connects to Redis for state that may be forgotten: waits for the first attempt, at most 2 s, but
 * never fails. While the server is away, commands fail at once instead of queueing; one that gets no
 * answer fails after 50 ms. `onFault` is told once of each outage, never of a command's own failure.
 */
export const openRedis = async (
  address: string,
  onFault: (error: Error) => void,
): Promise<Redis> => {
  const client = new Client(address, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    // Its sender has long been told that it failed: sent again, it would take effect behind his back.
    autoResendUnfulfilledCommands: false,
    commandTimeout: COMMAND_MS,
    connectTimeout: CONNECT_MS,
    retryStrategy: (attempt) => delayBefore(attempt, RECONNECT),
  })
  let away = false
  client.on('error', (error: Error) => {
    if (!away) onFault(error)
    away = true
  })
  client.on('ready', () => (away = false))
  await firstAttempt(client)
  return {
    client,
    get ready() {
      return client.status === 'ready'
    },
    close: () => closed(client),
  }
}

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
