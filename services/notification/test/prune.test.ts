import { notification } from '@meshboard/contracts'
import { until } from '@meshboard/testkit'
import { expect, test } from 'vitest'
import { service } from '../src/index.ts'
import { inboxOf, startNotification, tellTimes } from './start-notification.ts'

test('what is older than it is kept for is deleted, read or not, by two instances too; the rest stays', async () => {
  const mesh = await startNotification()
  const [ann, bob] = [await mesh.user(), await mesh.user()]
  await tellTimes(mesh, ann.userId, 3)
  await tellTimes(mesh, bob.userId, 1)
  const [newest, middle, oldest] = await inboxOf(mesh, ann)
  await mesh.call(notification.procedures.markRead, { id: middle?.id ?? '' }, ann)
  const age = (id: string | undefined, days: number) =>
    mesh.admin.raw(
      `update notification.notifications set created_at = now() - ? * interval '1 day' where id = ?`,
      [days, id ?? ''],
    )
  await age(oldest?.id, 41)
  await age(middle?.id, 40.1)
  await age(newest?.id, 39.9)

  const keeping = { NOTIFICATION_KEEP_DAYS: '40' }
  await Promise.all([mesh.start(service, keeping), mesh.start(service, keeping)])
  await until(async () => (await inboxOf(mesh, ann)).length === 1)
  expect(await inboxOf(mesh, ann)).toMatchObject([{ id: newest?.id }])
  expect(await inboxOf(mesh, bob)).toHaveLength(1)
  await mesh.stop()
})
