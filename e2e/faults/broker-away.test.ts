// Goal: the mesh absorbs a broker that is away: what needs only a database is done, and told later.
// Method: the one broker is killed under all services; silent devices are found meanwhile, a write that
// the network service makes by itself.
// Shows: N4
import { network } from '@meshboard/contracts'
import { type NatsServer, startNats, until } from '@meshboard/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Caller, connectDevices, overHttp } from './devices.ts'
import { Fleet } from './fleet.ts'
import { inThisProcess } from './instance.ts'
import { startLoad } from './load.ts'
import { type Screen, closeScreens, openScreens, shownWhole } from './screens.ts'
import { expectStoredOnce } from './stored-once.ts'

const AWAY_MS = process.env['MESH_TEST_FULL'] === '1' ? 20_000 : 3_000
const DEVICES = 10

let fleet: Fleet<NatsServer>
let caller: Caller
let screens: readonly Screen[]

beforeAll(async () => {
  fleet = await Fleet.start({
    nats: await startNats(),
    replicas: 1,
    copies: 1,
    launch: inThisProcess,
    env: {
      NETWORK_ACCRUAL_PERIOD_MS: '1000',
      NETWORK_SILENCE_MS: '2500',
      NETWORK_SWEEP_MS: '100',
      GATEWAY_DRAIN_MS: '0',
      EDGE_DRAIN_MS: '0',
    },
  })
  caller = new Caller(fleet.gatewayUrl)
  const users = await Promise.all(Array.from({ length: DEVICES }, () => fleet.user()))
  screens = await openScreens(fleet.edgeUrl, users)
})
afterAll(async () => {
  caller.close()
  closeScreens(screens)
  await fleet.stop()
})

const unsent = (): Promise<unknown[]> =>
  fleet.mesh.admin('network.outbox').whereNull('published_at').select('event')

const online = (): Promise<unknown[]> =>
  fleet.mesh.admin('network.connections').whereNot({ status: 'disconnected' }).select('id')

test(`${AWAY_MS / 1_000} s without a broker: writes are made, sockets stay, events follow`, async () => {
  const { nats } = fleet.mesh
  const users = screens.map(({ user }) => user)
  const devices = await connectDevices(caller, users)
  const load = startLoad(overHttp(caller, devices), 40)
  await sleep(2_500)
  const lost: string[] = []
  for (const { client } of screens) client.on('connecting', () => lost.push('socket'))

  await nats.kill()
  await load.stop()
  await until(async () => (await online()).length === 0)
  expect(await unsent()).toContainEqual({ event: network.events.disconnected.name })
  const [user] = users
  const since = Date.now()
  const path = network.procedures.list.http?.split(' ')[1] ?? ''
  const answer = await caller.ask({ method: 'GET', path, token: user?.token ?? '' })
  expect(answer.status).toBe(503)
  expect(Date.now() - since).toBeLessThan(5_000)
  await sleep(AWAY_MS)
  await nats.restart()

  await fleet.audit()
  await expectStoredOnce(fleet)
  await shownWhole(screens, await fleet.creditsOf())
  expect(await unsent()).toEqual([])
  expect(lost).toEqual([])
  expect((await caller.ask({ method: 'GET', path, token: user?.token ?? '' })).status).toBe(200)
}, 120_000)
