// Goal: a process that stands still and wakes up later writes nothing that is out of date.
// Method: two copies of every service under load; one of each in turn gets SIGSTOP, and SIGCONT when its
// deliveries have long been given to the other.
// Shows: P3
import { startNats } from '@meshboard/testkit'
import type { NatsServer, ServiceProcess } from '@meshboard/testkit'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Caller, connectDevices, overHttp } from './devices.ts'
import { Fleet } from './fleet.ts'
import { asProcess } from './instance.ts'
import { type Load, startLoad } from './load.ts'
import { type Screen, closeScreens, openScreens, shownWhole } from './screens.ts'
import { expectStoredOnce } from './stored-once.ts'

const FROZEN_MS = 30_000
const SERVICES = [
  'network',
  'earnings',
  'referral',
  'notification',
  'auth',
  'user',
  'edge',
  'gateway',
]
const DEVICES = 20
const PER_SECOND = 40

// It takes as long as it takes the broker to give a delivery to another, for each service.
describe.runIf(process.env['MESH_TEST_FULL'] === '1')('standing still (full run only)', () => {
  let fleet: Fleet<NatsServer, ServiceProcess>
  let caller: Caller
  let screens: readonly Screen[]
  let load: Load

  beforeAll(async () => {
    fleet = await Fleet.start({
      nats: await startNats(),
      replicas: 1,
      copies: 2,
      launch: asProcess,
      env: { NETWORK_ACCRUAL_PERIOD_MS: '1000' },
    })
    caller = new Caller(fleet.gatewayUrl)
    const users = await Promise.all(Array.from({ length: DEVICES }, () => fleet.user()))
    screens = await openScreens(fleet.edgeUrl, users)
    load = startLoad(overHttp(caller, await connectDevices(caller, users)), PER_SECOND)
  }, 300_000)
  afterAll(async () => {
    caller.close()
    closeScreens(screens)
    await fleet.stop()
  }, 120_000)

  test.each(SERVICES)(
    `a copy of %s that stands still for ${FROZEN_MS / 1_000} s wakes up and goes on`,
    async (service) => {
      const process = fleet.places.find(({ name }) => name === service)?.running
      if (!process) throw new Error(`no ${service}`)
      process.freeze()
      await sleep(FROZEN_MS)
      process.thaw()
      await sleep(2_000)
      expect(await process.ready()).toBe(true)
    },
    FROZEN_MS + 30_000,
  )

  test('nothing was lost, nothing counted twice, and every screen shows all of it', async () => {
    await load.stop()
    await fleet.audit()
    await expectStoredOnce(fleet)
    await shownWhole(screens, await fleet.creditsOf())
    expect((await fleet.creditsOf())(screens[0]?.user.userId ?? '')).toBeGreaterThan(0)
  }, 180_000)
})
