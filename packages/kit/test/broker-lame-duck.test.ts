// Goal: a server of the broker that is taken out of service costs no call.
// Method: a cluster of three; the server of the caller is sent away under calls, in full each six times.
// Shows: N10 (part)
import { network, rpcSubject } from '@meshboard/contracts'
import {
  type NatsCluster,
  type NatsNode,
  type TestMesh,
  startNatsCluster,
  startTestMeshOn,
} from '@meshboard/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Broker,
  BrokerError,
  type BrokerFault,
  createMetrics,
  createRpcClient,
} from '../src/index.ts'
import { fakeNetwork } from './fake-network.ts'

const TIMES = process.env['MESH_TEST_FULL'] === '1' ? 6 : 0
const CALLS_AT_ONCE = 8
const echo = { ...network.procedures.echo, timeoutMs: 2_000 }
let cluster: NatsCluster
let mesh: TestMesh<NatsCluster>
let broker: Broker

beforeAll(async () => {
  cluster = await startNatsCluster()
  mesh = await startTestMeshOn(cluster)
  const answer = async () => {
    await sleep(Math.random() * 20)
    return { data: 'x' }
  }
  for (const _ of ['a', 'b']) await mesh.start(fakeNetwork({ answers: { echo: answer } }))
  broker = await mesh.brokerOf('operator')
}, 30_000)
afterAll(() => mesh.stop())

/** Sends the caller's server away, then each that many times, and brings them back, under that work. */
const sendAway = async (work: () => Promise<void>): Promise<number> => {
  let isOver = false
  let made = 0
  const working = async () => {
    for (; !isOver; made += 1) await work()
  }
  const workers = Array.from({ length: CALLS_AT_ONCE }, working)
  const own = cluster.nodes.filter(({ port }) => port === broker.server.port)
  const others = Array.from({ length: TIMES }, () => cluster.nodes).flat()
  for (const node of [...own, ...others]) await sendAwayOne(node)
  isOver = true
  await Promise.all(workers)
  return made
}

const sendAwayOne = async (node: NatsNode): Promise<void> => {
  await node.lameDuck()
  await node.start()
  await node.healthy()
  await sleep(100)
}

test(
  'calls are all answered while their server is sent away',
  async () => {
    const { token } = await mesh.user()
    const rpc = createRpcClient(broker, createMetrics('test'))
    const failed: string[] = []
    const call = () =>
      rpc
        .call(echo, { data: 'x' }, { token, deadline: Date.now() + 10_000 })
        .then(() => undefined)
        .catch((error: Error) => void failed.push(String(error)))
    expect(await sendAway(call)).toBeGreaterThan(100)
    expect(failed).toEqual([])
  },
  60_000 + TIMES * 60_000,
)

test(
  'a connection leaves a server that is sent away when what it has asked is answered',
  async () => {
    const faults: BrokerFault[] = []
    const subject = rpcSubject('network', 'echo')
    const ask = async () => {
      const deadline = Date.now() + 2_000
      await broker.opened({ deadline })
      await broker
        .request(subject, new Uint8Array(), { deadline, interruptible: true })
        .catch((error: unknown) => error instanceof BrokerError && faults.push(error.fault))
    }
    await sendAway(ask)
    const interrupted = faults.filter((fault) => fault === 'disconnected')
    // One that was on its way to a service that left at the same time is not waited for long.
    expect(interrupted.length).toBeLessThan(CALLS_AT_ONCE / 2 + 2 * TIMES)
  },
  60_000 + TIMES * 60_000,
)
