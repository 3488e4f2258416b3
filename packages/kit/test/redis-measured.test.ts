// Goal: how long Redis takes and how often it has what it is asked for is told.
// Method: a Redis of this file's own, asked for keys it has and has not, and then stopped.
import { hasRedisProgram, startRedis, until } from '@meshboard/testkit'
import { afterEach, describe, expect, test } from 'vitest'
import { createMetrics, openRedis } from '../src/index.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

describe.runIf(hasRedisProgram())('a Redis', () => {
  test('is measured by its commands and by what it found', async () => {
    const server = await startRedis()
    closing.push(() => server.stop())
    const { registry } = createMetrics('test')
    const redis = await openRedis(server.url, { registry, onFault: () => {} })
    closing.push(() => redis.close())
    const { client } = redis
    await until(() => redis.ready)
    const measured = async (name: string, labels: string) => {
      const text = await registry.metrics()
      const line = text.split('\n').find((one) => one.startsWith(name) && one.includes(labels))
      return Number(line?.split(' ').at(-1))
    }
    await client.set('there', '1')
    for (const key of ['there', 'there', 'there', 'nowhere']) await client.get(key)
    expect(await measured('mesh_redis_lookups_total', 'found')).toBe(3)
    expect(await measured('mesh_redis_lookups_total', 'missed')).toBe(1)

    const commands = 'mesh_redis_command_duration_seconds_count'
    expect(await measured(commands, 'ok')).toBeGreaterThanOrEqual(5)
    server.pause()
    await expect(client.get('there')).rejects.toThrow('timed out')
    expect(await measured(commands, 'failed')).toBeGreaterThanOrEqual(1)
    server.resume()
  })
})
