// Goal: an edge hears that a stream has a new leader, since copies may have been lost with the old one.
// Method: three servers with three copies of each stream and the generated permissions; the stream's
// leader steps down, then is killed by its pid, while the edge's broker user listens.
// Shows: N4 (part)
import { leaderElectedSubject, streamName } from '@meshboard/contracts'
import { PROVISIONER } from '@meshboard/kit'
import {
  type NatsCluster,
  type TestMesh,
  startNatsCluster,
  startTestMeshOn,
} from '@meshboard/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// Electing a leader takes longer than an ordinary run has.
const isFull = process.env['MESH_TEST_FULL'] === '1'
const STREAM = streamName('earnings')

describe.runIf(isFull)('a new leader of a stream (full run only)', () => {
  let cluster: NatsCluster
  let mesh: TestMesh<NatsCluster>
  let heard = 0
  beforeAll(async () => {
    cluster = await startNatsCluster()
    // On a busy machine the servers place no stream on each other at once.
    await sleep(3_000)
    mesh = await startTestMeshOn(cluster, { replicas: 3 })
    const edge = await mesh.brokerOf('edge')
    await edge.subscribe(leaderElectedSubject(STREAM), () => void (heard += 1))
  }, 120_000)
  afterAll(() => mesh.stop(), 60_000)

  test('is heard of when the old one steps down, and when it is killed', async () => {
    const provisioner = await mesh.brokerOf(PROVISIONER)
    const before = (await cluster.leaderOf(STREAM)).name
    const stepDown = `$JS.API.STREAM.LEADER.STEPDOWN.${STREAM}`
    await provisioner.request(stepDown, new Uint8Array(), { deadline: Date.now() + 5_000 })
    await expect.poll(() => heard, { timeout: 10_000 }).toBe(1)
    const leader = await cluster.leaderOf(STREAM)
    expect(leader.name).not.toBe(before)
    await leader.kill()
    await expect.poll(() => heard, { timeout: 30_000 }).toBeGreaterThan(1)
    await leader.start()
  }, 60_000)
})
