// Goal: a rolling restart of everything under load fails no request, and no screen misses anything.
// Method: two copies of every service behind fronts that follow `/readyz`; each copy in turn is asked to
// end and is replaced. In full they are processes; in the ordinary run they run in this one.
// Shows: P1
import { startNats } from '@meshboard/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Caller, connectDevices, overHttp } from './devices.ts'
import { Fleet } from './fleet.ts'
import { asProcess, inThisProcess } from './instance.ts'
import { startLoad } from './load.ts'
import { type Screen, closeScreens, openScreens, overSockets, shownWhole } from './screens.ts'

const isFull = process.env['MESH_TEST_FULL'] === '1'
// Two cores carry so much besides the restarts themselves; beyond it requests end at their deadline.
const { perSecond, sockets, devices, rounds } = isFull
  ? { perSecond: 60, sockets: 500, devices: 200, rounds: 3 }
  : { perSecond: 10, sockets: 30, devices: 20, rounds: 1 }
/** Every so many requests, one goes over a socket. */
const SOCKET_SHARE = 5

let fleet: Fleet
let caller: Caller
let screens: readonly Screen[]

beforeAll(async () => {
  fleet = await Fleet.start({
    nats: await startNats(),
    replicas: 1,
    copies: 2,
    launch: isFull ? asProcess : inThisProcess,
    env: {
      NETWORK_ACCRUAL_PERIOD_MS: '1000',
      ...(isFull
        ? { GATEWAY_DRAIN_MS: '3000' }
        : { EDGE_DRAIN_MS: '500', GATEWAY_DRAIN_MS: '1000' }),
    },
  })
  caller = new Caller(fleet.gatewayUrl)
  const users = await Promise.all(Array.from({ length: sockets }, () => fleet.user()))
  screens = await openScreens(fleet.edgeUrl, users)
}, 300_000)
afterAll(async () => {
  caller.close()
  closeScreens(screens)
  await fleet.stop()
}, 60_000)

test(
  `${rounds} rounds at ${perSecond} requests a second and ${sockets} sockets fail no request`,
  async () => {
    const users = screens.slice(0, devices).map(({ user }) => user)
    const http = overHttp(caller, await connectDevices(caller, users))
    const socket = overSockets(screens)
    const load = startLoad(
      (turn) => (turn % SOCKET_SHARE === 0 ? socket(turn / SOCKET_SHARE) : http(turn)),
      perSecond,
    )
    await sleep(1_500)
    for (let round = 0; round < rounds; round += 1) {
      for (const place of fleet.places) {
        await fleet.clear(place)
        await fleet.fill(place)
      }
    }
    await sleep(500)
    await load.stop()
    expect(load.failedSince(0)).toEqual([])
    expect(load.made).toBeGreaterThan(perSecond)
  },
  rounds * 16 * 20_000,
)

test('every screen was shown every credit once, in order, and the ledger holds', async () => {
  await fleet.audit()
  await shownWhole(screens, await fleet.creditsOf())
}, 180_000)
