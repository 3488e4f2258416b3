// Goal: the way to a target is closed by the target alone, and for all who call it.
// Method: the real kit and broker; a service that is slow, or not there.
import { network, streamState } from '@meshboard/contracts'
import { type TestMesh, type TestUser, startTestMesh } from '@meshboard/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createMetrics, createRpcClient } from '../src/index.ts'
import { fakeNetwork } from './fake-network.ts'

const { echo } = network.procedures
let mesh: TestMesh
let ann: TestUser

beforeEach(async () => {
  mesh = await startTestMesh()
  ann = await mesh.user()
})
afterEach(() => mesh.stop())

const aClient = async () => {
  const metrics = createMetrics('test')
  const stateOf = async (name: string): Promise<number> => {
    const text = await metrics.registry.metrics()
    const [, state = '-1'] =
      new RegExp(`^mesh_client_breaker_state.*"${name}".* (\\d)$`, 'm').exec(text) ?? []
    return Number(state)
  }
  return { rpc: createRpcClient(await mesh.brokerOf('operator'), metrics), stateOf }
}

test('callers with hardly any time do not close the way for others', async () => {
  const answer = async () => {
    await sleep(20)
    return { data: 'x' }
  }
  await mesh.start(fakeNetwork({ answers: { echo: answer } }))
  const { rpc, stateOf } = await aClient()
  const within = (ms: number) =>
    rpc.call(echo, { data: 'x' }, { token: ann.token, deadline: Date.now() + ms })
  expect(await within(2_000)).toEqual({ data: 'x' })
  await Promise.allSettled(Array.from({ length: 30 }, () => within(3)))
  expect(await stateOf('network.echo')).toBe(0)
  expect(await within(2_000)).toEqual({ data: 'x' })
})

test('a target that is not there is left alone after a few calls, and then tried again', async () => {
  const { rpc, stateOf } = await aClient()
  const call = () => rpc.call(echo, { data: 'x' }, { token: ann.token })
  await Promise.allSettled(Array.from({ length: 20 }, call))
  expect(await stateOf('network.echo')).toBe(2)
  await mesh.start(fakeNetwork({ answers: { echo: async () => ({ data: 'x' }) } }))
  await expect.poll(() => call().catch(() => undefined)).toEqual({ data: 'x' })
})

test('all calls of a procedure share what is known of it, however it was declared', async () => {
  const { rpc, stateOf } = await aClient()
  const call = () => rpc.call({ ...streamState('network') }, {})
  await Promise.allSettled(Array.from({ length: 20 }, call))
  expect(await stateOf('network.streamState')).toBe(2)
})
