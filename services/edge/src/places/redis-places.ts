import type { Redis } from '@meshboard/kit'
import { MemoryPlaces } from './memory-places.ts'
import { PLACE_MS, type PlaceRequest, type Places } from './places.ts'

/** What of the limit a process allows by itself while Redis is gone. */
const ALONE = 0.25

/** By the server's own clock: a sorted set a user, a socket each, by when its place is free again. */
const ENTER = `
  local now = redis.call('TIME')
  local ms = now[1] * 1000 + math.floor(now[2] / 1000)
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ms)
  if ARGV[2] ~= '' then redis.call('ZREM', KEYS[1], ARGV[2]) end
  if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
  redis.call('ZADD', KEYS[1], ms + ARGV[4], ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return 1`

const KEEP_UP = `
  local now = redis.call('TIME')
  local ms = now[1] * 1000 + math.floor(now[2] / 1000)
  for _, socket in ipairs(ARGV) do redis.call('ZADD', KEYS[1], ms + ${PLACE_MS}, socket) end
  redis.call('PEXPIRE', KEYS[1], ${PLACE_MS})
  return 1`

/**
 * Counts in Redis, for all edges together, under `places:<user>`. While Redis is gone each process
 * allows a quarter of the limit (at least one socket) for those who come; when it is back the count
 * holds again within a minute.
 */
export class RedisPlaces implements Places {
  readonly #redis: Redis
  readonly #max: number
  readonly #alone: MemoryPlaces
  readonly #own = new Map<string, Set<string>>()

  constructor(redis: Redis, max: number) {
    this.#redis = redis
    this.#max = max
    this.#alone = new MemoryPlaces(Math.max(1, Math.floor(max * ALONE)))
  }

  async enter(request: PlaceRequest): Promise<boolean> {
    const { userId, socketId, replaces = '' } = request
    const { client } = this.#redis
    const entered = await client
      .eval(ENTER, 1, keyOf(userId), socketId, replaces, this.#max, PLACE_MS)
      .then((answer) => answer === 1)
      .catch(() => this.#alone.enter(request))
    if (entered) this.#own.set(userId, (this.#own.get(userId) ?? new Set()).add(socketId))
    return entered
  }

  async leave(userId: string, socketId: string): Promise<void> {
    const own = this.#own.get(userId)
    own?.delete(socketId)
    if (own?.size === 0) this.#own.delete(userId)
    await this.#alone.leave(userId, socketId)
    await this.#redis.client.zrem(keyOf(userId), socketId).catch(() => 0)
  }

  async keepUp(): Promise<void> {
    const commands = this.#redis.client.pipeline()
    for (const [userId, own] of this.#own) commands.eval(KEEP_UP, 1, keyOf(userId), ...own)
    await commands.exec().catch(() => null)
  }
}

const keyOf = (userId: string): string => `places:${userId}`
