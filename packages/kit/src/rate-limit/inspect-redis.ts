import { Redis as Client } from 'ioredis'
import { evictingPolicy } from './eviction.ts'
import { type RedisOptions, tlsOptions } from './redis.ts'

/** What a Redis says of itself. */
export interface RedisReport {
  readonly version: string
  /** By which it would drop counts when its memory is full; undefined when it would not. */
  readonly evicts: string | undefined
  /** When its certificate ends, milliseconds since 1970; undefined without TLS. */
  readonly certificateEndsAt: number | undefined
}

const CONNECT_MS = 5_000

/** Looks at a Redis once; `caFile` as `openRedis` has it. Throws when it is away or refuses. */
export const inspectRedis = async (
  address: string,
  options: Pick<RedisOptions, 'caFile'> = {},
): Promise<RedisReport> => {
  const client = new Client(address, {
    ...tlsOptions(address, options),
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    commandTimeout: CONNECT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  // What it says is in the failure of what was asked, too.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const info = await client.info('server')
    return {
      version: /^redis_version:(.*?)\r?$/m.exec(info)?.[1] ?? 'unknown',
      evicts: await evictingPolicy(client),
      certificateEndsAt: certificateEnd(client.stream),
    }
  } finally {
    client.disconnect()
  }
}

/** When the certificate of the other end of a connection ends; undefined for one without TLS. */
export const certificateEnd = (stream: unknown): number | undefined => {
  const socket = stream as { getPeerCertificate?: () => { valid_to?: string } } | undefined
  const ends = Date.parse(socket?.getPeerCertificate?.().valid_to ?? '')
  return ends > 0 ? ends : undefined
}
