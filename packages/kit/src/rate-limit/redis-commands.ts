import type { Redis as Client } from 'ioredis'
import type { Lookups, RedisMetrics } from './redis-metrics.ts'

/** Measures how long each command takes until it is answered or has failed. */
export const measureCommands = (client: Client, metrics: RedisMetrics): void => {
  const send = client.sendCommand.bind(client)
  client.sendCommand = (command, stream) => {
    const beganAt = performance.now()
    const ended = (outcome: 'ok' | 'failed') => () =>
      metrics.commanded((performance.now() - beganAt) / 1_000, outcome)
    command.promise.then(ended('ok'), ended('failed'))
    return send(command, stream)
  }
}

/** What the server says of its look-ups; nothing when it does not say so. */
export const lookupsOf = async (client: Client): Promise<Lookups | undefined> => {
  const stats = client.status === 'ready' ? await client.info('stats').catch(() => '') : ''
  const found = /^keyspace_hits:(\d+)/m.exec(stats)?.[1]
  const missed = /^keyspace_misses:(\d+)/m.exec(stats)?.[1]
  if (found === undefined || missed === undefined) return undefined
  return { found: Number(found), missed: Number(missed) }
}
