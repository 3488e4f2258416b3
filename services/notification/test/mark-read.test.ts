import { notification } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { type TestMesh, type TestUser } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inboxOf, startNotification, tellTimes } from './start-notification.ts'

const { markRead } = notification.procedures

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startNotification()
})
afterAll(() => mesh.stop())

const startTold = async () => {
  const user = await mesh.user()
  await tellTimes(mesh, user.userId, 1)
  const [told] = await inboxOf(mesh, user)
  if (!told) throw new Error('nothing was told')
  return { user, told }
}
const readBy = async ({ userId }: TestUser) =>
  (await mesh.published(notification.events.read)).filter(({ user_id }) => user_id === userId)

test('what is read has the time it was read at, and the other screens are told', async () => {
  const { user, told } = await startTold()
  const read = await mesh.call(markRead, { id: told.id }, user)
  expect(read).toEqual({ ...told, read_at: expect.any(String) })
  expect(await inboxOf(mesh, user)).toEqual([read])
  expect(await readBy(user)).toEqual([{ user_id: user.userId, id: told.id, read_at: read.read_at }])
})

test('what is read twice keeps its time and is told of once, even at the same moment', async () => {
  const { user, told } = await startTold()
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => mesh.call(markRead, { id: told.id }, user)),
  )
  const again = await mesh.call(markRead, { id: told.id }, user)
  expect(new Set(answers.map(({ read_at }) => read_at))).toEqual(new Set([again.read_at]))
  expect(await readBy(user)).toHaveLength(1)
})

test('the notification of somebody else is not found, and stays unread', async () => {
  const { user, told } = await startTold()
  const other = await mesh.user()
  expect(await mesh.callFails(markRead, { id: told.id }, other)).toMatchObject({
    code: 'not_found',
  })
  expect(await mesh.callFails(markRead, { id: newId('notification') }, user)).toMatchObject({
    code: 'not_found',
  })
  expect(await inboxOf(mesh, user)).toEqual([told])
  expect(await readBy(other)).toEqual([])
})

test("the service's role can say that something was read, and change nothing else of it", async () => {
  const { told } = await startTold()
  const role = (statement: string) =>
    mesh.admin.transaction(async (tx) => {
      await tx.raw('set local role notification_app')
      await tx.raw(statement, [told.id])
    })
  for (const column of ['title', 'data', 'user_id', 'created_at'])
    await expect(
      role(`update notification.notifications set ${column} = ${column} where id = ?`),
    ).rejects.toThrow(/permission denied/)
  await role('update notification.notifications set read_at = now() where id = ?')
})
