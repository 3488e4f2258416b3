// Goal: a server whose start fails may be started again.
// Method: the real kit and broker; the broker is away at the first try.
import { network } from '@meshboard/contracts'
import { type TestMesh, startTestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMetrics, handler } from '../src/index.ts'
import { rpcServer } from '../src/rpc-server.ts'
import { fakeNetwork } from './fake-network.ts'

const { echo } = network.procedures
let mesh: TestMesh
beforeAll(async () => {
  mesh = await startTestMesh()
})
afterAll(() => mesh.stop())

test('a server that could not be started for want of a broker is started when it is back', async () => {
  const { runtime } = await mesh.start(fakeNetwork({}))
  const answers = { echo: handler(echo, async () => ({ data: 'here' })) }
  const start = rpcServer({ ...runtime, metrics: createMetrics('network') }, answers as never, {})
  await mesh.nats.kill()
  await expect.poll(() => runtime.broker.connected).toBe(false)
  await expect(start()).rejects.toMatchObject({ fault: 'disconnected' })
  await mesh.nats.restart()
  await expect.poll(() => runtime.broker.connected).toBe(true)
  const running = await start()
  await running.stop()
})
