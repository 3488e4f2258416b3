import { access, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { Quality, failure } from '@meshboard/contracts'
import { expect, test, vi } from 'vitest'
import { aMesh } from './agent.ts'

const credit = (n: number) => ({
  entry_id: `ent_${'0'.repeat(26)}`,
  user_id: `usr_${'0'.repeat(26)}`,
  amount: '0.986000',
  source: 'network',
  balance: `${n}.986000`,
  timestamp: '2026-01-01T00:00:00.000Z',
})

test('a device registers, measures its connection, earns and says goodbye', async () => {
  const { edge, start } = await aMesh()
  const agent = start('--register', 'bob', '--json', '--device', 'box-1')
  await agent.tells('registered')
  await agent.tells('connected')
  expect(await agent.tells('connection')).toMatchObject({
    device_id: 'box-1',
    network_name: 'home',
  })
  const quality = await agent.tells('quality')
  expect(Quality.parse(quality)).toMatchObject({ packet_loss_pct: 0 })
  expect(quality['bandwidth_mbps']).toBeGreaterThan(1)
  await vi.waitUntil(() => edge.received('subscribe').length === 1, { timeout: 10_000 })
  edge.publish('earnings', credit(0))
  const credited = await agent.tells('credited')
  expect(credited).toMatchObject({
    amount: '0.986000',
    balance: '0.986000',
    trace_id: '4bf9',
    n: 1,
  })
  agent.stop()
  expect(await agent.ended).toBe(0)
  expect(JSON.parse(agent.lines.at(-1) ?? '')).toEqual({ event: 'stopped' })
  expect(edge.received('call').at(-1)?.procedure).toBe('network.disconnect')
})

test('echoes are 64 bytes and the throughput probe is 256 KiB below the frame limit', async () => {
  const { edge, start } = await aMesh()
  edge.limits.frame_in_bytes = 20_000
  const agent = start('--register', 'bob', '--json')
  await agent.tells('quality')
  const echoes = edge.received('call').filter(({ procedure }) => procedure === 'network.echo')
  const [first, ...pieces] = echoes.map(({ data }) => (data as { data: string }).data.length)
  expect(first).toBe(64)
  expect(pieces.reduce((sum, length) => sum + length, 0)).toBe(256 * 1024)
  expect(Math.max(...pieces)).toBeLessThan(20_000)
})

test('an echo without an answer within two seconds is a loss', async () => {
  const { edge, start } = await aMesh()
  edge.procedures['network.echo'] = () => new Promise(() => {})
  const agent = start('--register', 'bob', '--json', '--every', '1')
  const lost = { packet_loss_pct: 100, latency_ms: 2_000 }
  expect(await agent.tells('quality')).toMatchObject(lost)
}, 30_000)

test('a lost connection is taken up again and nothing of the ledger is missed', async () => {
  const { edge, start } = await aMesh()
  const agent = start('--register', 'bob', '--json')
  await agent.tells('quality')
  edge.publish('earnings', credit(0))
  await agent.tells('credited')
  await edge.stop()
  edge.publish('earnings', credit(1))
  await agent.tells('reconnecting')
  await edge.start()
  await agent.tells('connection', 2)
  expect(await agent.tells('credited', 2)).toMatchObject({ balance: '1.986000', n: 2 })
  await agent.tells('quality', 2)
})

test('a connection that was closed while the device was silent is taken up again', async () => {
  const { edge, start } = await aMesh()
  const heartbeat = edge.procedures['network.heartbeat']
  edge.procedures['network.heartbeat'] = () => {
    if (heartbeat) edge.procedures['network.heartbeat'] = heartbeat
    throw failure('invalid_network_data')
  }
  const agent = start('--register', 'bob', '--json', '--every', '1')
  await agent.tells('connection', 2)
  await agent.tells('quality')
})

test('heartbeats are counted from the opening of the connection', async () => {
  const { edge, start } = await aMesh()
  const { 'network.connect': connect, 'network.heartbeat': heartbeat } = edge.procedures
  let openedAt = 0
  const beats: number[] = []
  edge.procedures['network.connect'] = async (...args) => {
    await new Promise((resume) => setTimeout(resume, 600))
    openedAt = performance.now()
    return connect?.(...args)
  }
  edge.procedures['network.heartbeat'] = (...args) => {
    beats.push(performance.now())
    return heartbeat?.(...args)
  }
  start('--register', 'bob', '--json', '--every', '1')
  await vi.waitUntil(() => beats.length >= 2, { timeout: 10_000 })
  expect((beats[1] ?? 0) - openedAt).toBeGreaterThanOrEqual(999)
})

test('a device that starts before the edge and the gateway waits for them', async () => {
  const { edge, start } = await aMesh()
  await edge.stop()
  const agent = start('--register', 'bob', '--json')
  await agent.tells('reconnecting', 2)
  await edge.start()
  await agent.tells('connection')
})

test('a second start goes on with the same key, and token prints its access token', async () => {
  const { gateway, start } = await aMesh()
  const first = start('--register', 'bob', '--json', '--for', '0.1')
  expect(await first.ended).toBe(0)
  const second = start('--register', 'bob', '--json')
  expect(await second.tells('registered')).toMatchObject({ username: 'bob', created: false })
  expect(gateway.accounts.size).toBe(1)
  const third = start('token')
  expect(await third.ended).toBe(0)
  expect(third.lines).toEqual(['header.payload.signature'])
  expect(third.errors).toEqual([])
})

test('a handle of somebody else is one clear line', async () => {
  const { home, start } = await aMesh()
  const first = start('--register', 'bob', '--json')
  await first.tells('registered')
  await rename(join(home, '.meshboard', 'bob.key'), join(home, '.meshboard', 'ann.key'))
  const second = start('--register', 'bob', '--json')
  expect(await second.ended).toBe(1)
  expect(second.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      event: 'error',
      code: 'conflict',
      message: 'The handle "bob" belongs to another key; choose another one.',
    },
  ])
})

test('without a key it says how to make one, and makes none', async () => {
  const { home, start } = await aMesh()
  const agent = start()
  expect(await agent.ended).toBe(1)
  expect(agent.lines).toEqual([])
  expect(agent.errors).toHaveLength(1)
  expect(agent.errors[0]).toContain('start once with --register <handle>')
  await expect(access(join(home, '.meshboard'))).rejects.toThrow('ENOENT')
})

test('an option that cannot be understood is one clear line', async () => {
  const { start } = await aMesh()
  const agent = start('--every', 'often')
  expect(await agent.ended).toBe(1)
  expect(agent.errors).toHaveLength(1)
  expect(agent.errors[0]).toContain("'--every <seconds>' argument 'often' is invalid")
})

test('a device that is stopped while it waits for the gateway ends at once', async () => {
  const { gateway, start } = await aMesh()
  await gateway.stop()
  const agent = start('--register', 'bob', '--json')
  await agent.tells('reconnecting')
  agent.stop()
  expect(await agent.ended).toBe(0)
})
