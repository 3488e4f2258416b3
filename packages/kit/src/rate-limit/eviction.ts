import type { Redis as Client } from 'ioredis'

/**
 * The policy by which a Redis would drop counts when its memory is full, `allkeys-lru`; undefined
 * when it would not: without `maxmemory`, and with `noeviction`, which refuses what does not fit. A
 * server that does not say is taken for one that would not.
 */
export const evictingPolicy = async (client: Client): Promise<string | undefined> => {
  const memory = await client.info('memory').catch(() => '')
  const policy = fieldOf(memory, 'maxmemory_policy')
  return fieldOf(memory, 'maxmemory') === '0' || policy === 'noeviction' ? undefined : policy
}

const fieldOf = (info: string, name: string): string | undefined =>
  new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1]
