// Goal: a mesh that exists is brought up to date, and no stream drops what it has acknowledged.
// Method: a real broker whose streams and durables are as an earlier release made them.
import { earnings, network } from '@meshboard/contracts'
import { StreamReader, type TestMesh, startTestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PROVISIONER, newId, provision } from '../src/index.ts'
import { creditOf } from './credits.ts'

const { credited } = earnings.events
const DURABLE = ['EVT_EARNINGS', 'network_addPointsOnCredited'] as const
let mesh: TestMesh
let streams: StreamReader

beforeAll(async () => {
  mesh = await startTestMesh()
  streams = await StreamReader.open(mesh.nats)
})
afterAll(async () => {
  await streams.close()
  await mesh.stop()
})

const PLANS = [
  { service: 'earnings', contract: earnings, consumers: [] },
  {
    service: 'network',
    contract: network,
    consumers: [{ name: 'addPointsOnCredited', event: credited }],
  },
]

const provisionWith = (bytesMax: number) => {
  const { nats } = mesh
  const [user, password] = [PROVISIONER, nats.passwordOf(PROVISIONER)]
  const options = { servers: [nats.url], service: PROVISIONER, user, password }
  return provision(options, PLANS, { replicas: 1, bytesMax })
}

test('streams and durables of an earlier release get their bounds', async () => {
  await streams.changeStream('EVT_EARNINGS', { bytesMax: -1, discard: 'old' })
  await streams.changeDurable(...DURABLE, { deliveriesMax: 10_000 })
  await provisionWith(32 << 20)
  expect(await streams.config('EVT_EARNINGS')).toMatchObject({
    max_bytes: 32 << 20,
    discard: 'new',
  })
  expect(await streams.config('DEAD')).toMatchObject({ max_bytes: 32 << 20, discard: 'new' })
  expect(await streams.config('ADVISORY')).toMatchObject({ max_bytes: 32 << 20, discard: 'old' })
  expect((await streams.durable(...DURABLE)).deliveriesMax).toBe(128)
})

test('a stream that holds more than it would be allowed to keep is left as it is', async () => {
  for (let i = 0; i < 5; i += 1) await mesh.store(credited, creditOf(newId('user')))
  await expect(provisionWith(1_000)).rejects.toThrow(
    /^EVT_EARNINGS holds \d+ bytes and may keep 1000: allow it more$/,
  )
  expect(await streams.config('EVT_EARNINGS')).toMatchObject({ max_bytes: 32 << 20 })
  expect(await streams.read('EVT_EARNINGS')).toHaveLength(5)
})
