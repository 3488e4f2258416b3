import { network, notification } from '@meshboard/contracts'
import { type RunningService, newId } from '@meshboard/kit'
import { type TestMesh, type TestUser, startTestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tellOnDeviceDisconnected } from '../src/consumers/tell-on-device-disconnected.ts'
import type { Deps } from '../src/deps.ts'
import { service } from '../src/index.ts'
import { createdFor, inboxOf, offline } from './start-notification.ts'

const { disconnected } = network.events
const { markRead } = notification.procedures

let mesh: TestMesh
let running: RunningService
beforeAll(async () => {
  mesh = await startTestMesh()
  running = await mesh.start(service, { NOTIFICATION_REPEAT_MINUTES: '30' })
})
afterAll(() => mesh.stop())

let clock = Date.parse('2026-11-21T09:30:00.000Z')
const offlineAgain = (user: TestUser, id: string) =>
  offline(user.userId, { id, updated_at: new Date((clock += 1_000)).toISOString() })
const flap = (user: TestUser, id: string) => mesh.deliver(disconnected, offlineAgain(user, id))

test('the owner is told which device went offline, and why', async () => {
  const ann = await mesh.user()
  const silent = offline(ann.userId)
  await mesh.deliver(disconnected, silent)
  await mesh.deliver(
    disconnected,
    offline(ann.userId, { device_id: 'phone', status_message: 'The device signed off.' }),
  )
  const told = await inboxOf(mesh, ann)
  expect(told).toMatchObject([
    { title: 'phone is offline', body: expect.stringContaining('The device signed off.') },
    {
      kind: 'device_offline',
      title: 'laptop is offline',
      body: 'laptop on home earns nothing now. Offline: nothing heard of the device for 60 s.',
      data: { connection_id: silent.id, device_id: 'laptop', at: silent.updated_at },
    },
  ])
  expect(await createdFor(mesh, ann.userId)).toEqual(told.toReversed())
})

test('an event that is delivered twice is told once, even when it was read in between', async () => {
  const ann = await mesh.user()
  const gone = offline(ann.userId)
  const id = await mesh.deliver(disconnected, gone)
  const [first] = await inboxOf(mesh, ann)
  await mesh.call(markRead, { id: first?.id ?? '' }, ann)
  await mesh.deliver(disconnected, gone, { id, again: true })
  await mesh.deliver(disconnected, gone)
  expect(await createdFor(mesh, ann.userId)).toHaveLength(1)
})

test('a device that comes and goes is told of once, until that is read', async () => {
  const ann = await mesh.user()
  const connection = newId('connection')
  for (let time = 0; time < 4; time += 1) await flap(ann, connection)
  const [first, ...others] = await inboxOf(mesh, ann)
  expect(others).toEqual([])
  await mesh.call(markRead, { id: first?.id ?? '' }, ann)
  await flap(ann, connection)
  await flap(ann, connection)
  expect(await createdFor(mesh, ann.userId)).toHaveLength(2)
})

test('a device that comes and goes is told of again after a while, read or not', async () => {
  const ann = await mesh.user()
  const connection = newId('connection')
  await flap(ann, connection)
  await letPass(ann, 29)
  await flap(ann, connection)
  expect(await inboxOf(mesh, ann)).toHaveLength(1)
  await letPass(ann, 2)
  await flap(ann, connection)
  expect(await inboxOf(mesh, ann)).toHaveLength(2)
})

/** As if everything that user was told had been told that much earlier. */
const letPass = (user: TestUser, minutes: number) =>
  mesh.admin.raw(
    `update notification.notifications set created_at = created_at - ? * interval '1 minute'
     where user_id = ?`,
    [minutes, user.userId],
  )

test('one device that comes and goes does not hide another', async () => {
  const ann = await mesh.user()
  await flap(ann, newId('connection'))
  await flap(ann, newId('connection'))
  expect(await inboxOf(mesh, ann)).toHaveLength(2)
})

test('a device that several processes hear of at the same moment is told of once', async () => {
  const ann = await mesh.user()
  const connection = newId('connection')
  const { log, metrics } = running.runtime
  const hear = () =>
    tellOnDeviceDisconnected.handle(
      {
        ...{ id: newId('event'), data: offlineAgain(ann, connection), n: 1 },
        ...{ time: '', traceId: '', signal: AbortSignal.timeout(20_000), replay: undefined },
        ...{ log, metrics },
      },
      running.deps as Deps,
    )
  const held = await mesh.admin.transaction()
  await held.raw('lock table notification.notifications in exclusive mode')
  const heard = [hear(), hear(), hear()]
  await until(async () => (await waiting()) === heard.length)
  await held.commit()
  await Promise.all(heard)
  expect(await createdFor(mesh, ann.userId)).toHaveLength(1)
})

/** How many statements wait for what another transaction holds. */
const waiting = async () => {
  const { rows } = await mesh.admin.raw<{ rows: unknown[] }>(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rows.length
}
