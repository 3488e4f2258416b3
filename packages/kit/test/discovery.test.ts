// Goal: the tools of NATS find every instance of every service and door, and learn nothing they should not.
// Method: a real broker with the generated permissions, asked as its operator; shapes written from ADR-32.
import { network } from '@meshboard/contracts'
import { type TestMesh, askAll, startTestMesh } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defineConfig, defineDoor } from '../src/index.ts'
import { Info, Ping, Stats } from './discovery-shapes.ts'
import { fakeNetwork } from './fake-network.ts'

const { echo, get } = network.procedures
const CONNECTION = 'con_01m7ypdhrge8hafxde6dcny8p9'
let mesh: TestMesh

beforeEach(async () => {
  mesh = await startTestMesh()
})
afterEach(() => mesh.stop())

const ask = async <T>(shape: { parse: (value: unknown) => T }, subject: string): Promise<T[]> =>
  (await askAll(mesh.nats, subject)).map((answer) => shape.parse(answer))

const door = (name: 'edge' | 'gateway') =>
  defineDoor({
    name,
    config: defineConfig({}),
    uses: { calls: [] },
    open: () => Promise.resolve({}),
    tasks: [],
    isolated: name === 'edge',
  })

test('each instance answers for itself, asked by all, by its name and by its id', async () => {
  await mesh.start(fakeNetwork({}))
  await mesh.start(fakeNetwork({}))
  const all = await ask(Ping, '$SRV.PING')
  expect(all.map(({ name }) => name)).toEqual(['network', 'network'])
  expect(new Set(all.map(({ id }) => id)).size).toBe(2)
  expect(await ask(Ping, '$SRV.PING.network')).toHaveLength(2)
  expect(await ask(Ping, '$SRV.PING.earnings')).toHaveLength(0)
  const [one] = all
  expect(await ask(Ping, `$SRV.PING.network.${one?.id}`)).toEqual([one])
})

test('a service tells its contract, its owner and each procedure that it answers', async () => {
  await mesh.start(fakeNetwork({}))
  const [info] = await ask(Info, '$SRV.INFO.network')
  expect(info).toMatchObject({ version: network.version, description: network.summary })
  expect(info?.metadata).toMatchObject({
    'mesh.contract': `network@${network.version}`,
    'mesh.owner': network.owner,
    'mesh.hash': expect.stringMatching(/^[0-9a-f]{16}$/) as string,
  })
  expect(info?.endpoints.map(({ name }) => name)).toEqual([
    ...Object.keys(network.procedures),
    'streamState',
  ])
  expect(info?.endpoints).toContainEqual({
    name: 'echo',
    subject: 'rpc.network.echo',
    queue_group: 'network',
    metadata: expect.objectContaining({ 'mesh.access': 'user' }) as Record<string, string>,
  })
})

test('calls are counted and timed, and of a failure only the code is told', async () => {
  await mesh.start(
    fakeNetwork({
      answers: {
        echo: async () => ({ data: 'x' }),
        get: () => Promise.reject(new Error('password of ann is hunter2')),
      },
    }),
  )
  const ann = await mesh.user()
  await mesh.call(echo, { data: 'x' }, ann)
  await mesh.call(echo, { data: 'x' }, ann)
  await mesh.callFails(get, { connection_id: CONNECTION }, ann)
  const [stats] = await ask(Stats, '$SRV.STATS.network')
  const of = (name: string) => stats?.endpoints.find((one) => one.name === name)
  expect(of('echo')).toMatchObject({ num_requests: 2, num_errors: 0, last_error: '' })
  expect(of('echo')?.processing_time).toBeGreaterThan(0)
  const { processing_time: spent = 0, average_processing_time: each = 0 } = of('echo') ?? {}
  expect(Math.abs(each * 2 - spent)).toBeLessThanOrEqual(1)
  expect(of('get')).toMatchObject({ num_requests: 1, num_errors: 1, last_error: 'internal' })
  expect(of('list')).toMatchObject({ num_requests: 0, average_processing_time: 0 })
  expect(JSON.stringify(stats)).not.toContain('hunter2')
})

test('the doors answer too, the edge out of an account of its own', async () => {
  await mesh.start(fakeNetwork({}))
  await mesh.start(door('gateway'))
  await mesh.start(door('edge'))
  await mesh.start(door('edge'))
  const found = (await ask(Ping, '$SRV.PING')).map(({ name }) => name)
  expect(found.toSorted()).toEqual(['edge', 'edge', 'gateway', 'network'])
  expect(await ask(Info, '$SRV.INFO.edge')).toHaveLength(2)
  const [stats] = await ask(Stats, '$SRV.STATS.edge')
  expect(await ask(Stats, `$SRV.STATS.edge.${stats?.id}`)).toHaveLength(1)
  expect(await ask(Info, '$SRV.INFO.gateway')).toMatchObject([{ endpoints: [] }])
})

test('an instance that stops is silent while it still finishes what it has', async () => {
  const { promise: asked, resolve: arrived } = Promise.withResolvers<void>()
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const answers = {
    async echo() {
      arrived()
      await held
      return { data: 'done' }
    },
  }
  const running = await mesh.start(fakeNetwork({ answers }))
  const ann = await mesh.user()
  const call = mesh.call(echo, { data: 'x' }, ann)
  await asked
  const stopped = running.stop()
  expect(await ask(Ping, '$SRV.PING.network')).toEqual([])
  release()
  expect(await call).toEqual({ data: 'done' })
  await stopped
})

test('an instance is found again after the broker was away', async () => {
  const { runtime } = await mesh.start(fakeNetwork({}))
  await mesh.nats.kill()
  await mesh.nats.restart()
  await expect.poll(() => runtime.broker.connected).toBe(true)
  expect(await ask(Ping, '$SRV.PING.network')).toHaveLength(1)
})
