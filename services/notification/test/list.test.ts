import { notification } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startNotification, tellTimes } from './start-notification.ts'

const { list, markRead } = notification.procedures

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startNotification()
})
afterAll(() => mesh.stop())

const titles = ({ notifications }: { notifications: { title: string }[] }) =>
  notifications.map(({ title }) => title.replace(' is offline', ''))

test('who was told nothing has an empty inbox', async () => {
  const ann = await mesh.user()
  expect(await mesh.call(list, {}, ann)).toEqual({ notifications: [], unread: 0 })
})

test('the newest stands first, and what is not read is counted', async () => {
  const [ann, bob] = [await mesh.user(), await mesh.user()]
  await tellTimes(mesh, ann.userId, 3)
  await tellTimes(mesh, bob.userId, 1)
  const before = await mesh.call(list, {}, ann)
  expect(titles(before)).toEqual(['device-3', 'device-2', 'device-1'])
  expect(before.unread).toBe(3)
  await mesh.call(markRead, { id: before.notifications[1]?.id ?? '' }, ann)
  const after = await mesh.call(list, { limit: 1 }, ann)
  expect(after.unread).toBe(2)
  expect((await mesh.call(list, {}, bob)).unread).toBe(1)
})

test('pages show everything once, although more is told meanwhile', async () => {
  const ann = await mesh.user()
  await tellTimes(mesh, ann.userId, 5)
  const first = await mesh.call(list, { limit: 2 }, ann)
  await tellTimes(mesh, ann.userId, 1)
  const second = await mesh.call(list, { limit: 2, cursor: first.next_cursor }, ann)
  const third = await mesh.call(list, { limit: 2, cursor: second.next_cursor }, ann)
  expect([first, second, third].map(titles)).toEqual([
    ['device-5', 'device-4'],
    ['device-3', 'device-2'],
    ['device-1'],
  ])
  expect(third.next_cursor).toBeUndefined()
})

test('a page holds 20 notifications unless more are asked for', async () => {
  const ann = await mesh.user()
  await tellTimes(mesh, ann.userId, 21)
  const page = await mesh.call(list, {}, ann)
  expect(page.notifications).toHaveLength(20)
  expect(titles(await mesh.call(list, { cursor: page.next_cursor }, ann))).toEqual(['device-1'])
  expect((await mesh.call(list, { limit: 100 }, ann)).notifications).toHaveLength(21)
})

test('a cursor of somebody else shows nothing of theirs, an invented one is refused, and so is a stranger', async () => {
  const [ann, bob] = [await mesh.user(), await mesh.user()]
  await tellTimes(mesh, ann.userId, 2)
  const { next_cursor } = await mesh.call(list, { limit: 1 }, ann)
  expect(await mesh.call(list, { cursor: next_cursor }, bob)).toEqual({
    notifications: [],
    unread: 0,
  })
  expect(await mesh.callFails(list, { cursor: 'nonsense' }, ann)).toMatchObject({
    code: 'invalid',
    fields: { cursor: ['Use a cursor that a page gave.'] },
  })
  expect(await mesh.callFails(list, {})).toMatchObject({ code: 'unauthorized' })
})
