// Goal: whatever happens to a server of the broker's cluster, no event is lost or stored twice.
// Method: three servers with three copies of each stream, all services, and a steady load; servers are
// killed, stopped where they stand, cut off and sent away, by pid.
// Shows: N4, N5, N7, N10
import { type NatsCluster, type NatsNode, startNatsCluster } from '@meshboard/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Caller, connectDevices, overHttp } from './devices.ts'
import { Fleet } from './fleet.ts'
import { inThisProcess } from './instance.ts'
import { type Ask, type Load, startLoad } from './load.ts'
import { type Screen, closeScreens, openScreens, shownWhole } from './screens.ts'
import { expectStoredOnce } from './stored-once.ts'

// Electing a leader takes longer than an ordinary run has.
const isFull = process.env['MESH_TEST_FULL'] === '1'
const STREAMS = ['EVT_EARNINGS', 'EVT_NETWORK']
const DEVICES = 20
const PER_SECOND = 60
const LEADER_KILLS = 20
const LEADER_KILL_MS = 6_000
const TOTAL_KILLS = 20
const TIMES = 5
const FAULT_MS = 30_000
/** How long the mesh may take to find its way around a server that does not answer. */
const DETOUR_MS = 10_000

describe.runIf(isFull)('a cluster of three servers (full run only)', () => {
  let cluster: NatsCluster
  let fleet: Fleet<NatsCluster>
  let caller: Caller
  let screens: readonly Screen[]

  beforeAll(async () => {
    cluster = await startNatsCluster()
    fleet = await Fleet.start({
      nats: cluster,
      replicas: 3,
      copies: 2,
      launch: inThisProcess,
      env: {
        NETWORK_ACCRUAL_PERIOD_MS: '1000',
        GATEWAY_DRAIN_MS: '0',
        EDGE_DRAIN_MS: '0',
      },
    })
    caller = new Caller(fleet.gatewayUrl)
    const users = await Promise.all(Array.from({ length: DEVICES }, () => fleet.user()))
    screens = await openScreens(fleet.edgeUrl, users)
  }, 120_000)
  afterAll(async () => {
    caller.close()
    closeScreens(screens)
    await fleet.stop()
  }, 60_000)

  /** Does something to the servers under load; throws when an event is lost or doubled. */
  const underLoad = async (work: (ask: Ask) => Promise<void>): Promise<Load> => {
    // Those that a fault has kept silent for too long are offline by now.
    const devices = await connectDevices(
      caller,
      screens.map(({ user }) => user),
    )
    const ask = overHttp(caller, devices)
    const load = startLoad(ask, PER_SECOND)
    await sleep(500)
    await work(ask)
    await sleep(500)
    await load.stop()
    await cluster.whole()
    await fleet.audit()
    await expectStoredOnce(fleet)
    await shownWhole(screens, await fleet.creditsOf())
    await cluster.whole()
    return load
  }

  /** The last server, which can be cut off from the others. */
  const last = (): NatsNode => {
    const node = cluster.nodes.at(-1)
    if (!node) throw new Error('no server')
    return node
  }

  test(
    `${LEADER_KILLS} kills of a stream's leader lose no event, store none twice and fail no request`,
    async () => {
      const load = await underLoad(async () => {
        for (let kill = 0; kill < LEADER_KILLS; kill += 1) {
          const leader = await cluster.leaderOf(STREAMS[kill % STREAMS.length] ?? '')
          await leader.kill()
          await sleep(LEADER_KILL_MS / 2)
          await leader.start()
          await leader.healthy()
          await sleep(LEADER_KILL_MS / 2)
        }
      })
      expect(load.failedSince(0)).toEqual([])
    },
    LEADER_KILLS * 20_000 + 60_000,
  )

  test(
    `${TOTAL_KILLS} kills of all servers at once lose no event`,
    async () => {
      await underLoad(async () => {
        for (let kill = 0; kill < TOTAL_KILLS; kill += 1) {
          await Promise.all(cluster.nodes.map((node) => node.kill()))
          await Promise.all(cluster.nodes.map((node) => node.start()))
          await Promise.all(cluster.nodes.map((node) => node.healthy()))
          await sleep(2_000)
        }
      })
    },
    TOTAL_KILLS * 20_000 + 60_000,
  )

  test(
    `a server that stands still for ${FAULT_MS / 1_000} s is gone around, and catches up`,
    async () => {
      const late: string[] = []
      await underLoad(async (ask) => {
        for (let time = 0; time < TIMES; time += 1) {
          const node = await cluster.leaderOf(STREAMS[time % STREAMS.length] ?? '')
          const load = startLoad(ask, 10)
          const since = Date.now()
          node.freeze()
          await sleep(FAULT_MS)
          late.push(...load.failedSince(since + DETOUR_MS))
          node.thaw()
          await load.stop()
          await cluster.whole()
        }
      })
      expect(late).toEqual([])
    },
    TIMES * FAULT_MS * 3,
  )

  test(
    `a server that is cut off from the others for ${FAULT_MS / 1_000} s catches up, with one history`,
    async () => {
      await underLoad(async () => {
        for (let time = 0; time < TIMES; time += 1) {
          cluster.partition()
          await sleep(FAULT_MS)
          cluster.rejoin()
          await last().healthy()
          await sleep(1_000)
        }
      })
    },
    TIMES * FAULT_MS * 3,
  )

  test('each server in turn sent away as before an upgrade fails no request', async () => {
    const load = await underLoad(async () => {
      for (const node of cluster.nodes) {
        await node.lameDuck()
        await node.start()
        await node.healthy()
        await sleep(2_000)
      }
    })
    expect(load.failedSince(0)).toEqual([])
  }, 300_000)
})
