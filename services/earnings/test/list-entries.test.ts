import { earnings } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accrueTo, startEarnings } from './start-earnings.ts'

const { listEntries } = earnings.procedures

let mesh: TestMesh
beforeAll(async () => {
  ;({ mesh } = await startEarnings())
})
afterAll(() => mesh.stop())

test('the newest entry stands first, each with its balance and why', async () => {
  const [ann, bob] = [await mesh.user(), await mesh.user()]
  await accrueTo(mesh, ann.userId, 2)
  await accrueTo(mesh, bob.userId, 1)
  const answer = await mesh.call(listEntries, {}, ann)
  expect(answer).toEqual({
    entries: [
      expect.objectContaining({
        user_id: ann.userId,
        amount: '2.000000',
        balance_after: '3.000000',
        source: 'network',
        explanation: '2 min online at score 100.0.',
      }),
      expect.objectContaining({ amount: '1.000000', balance_after: '1.000000' }),
    ],
  })
})

test('pages show everything once, although entries are added meanwhile', async () => {
  const ann = await mesh.user()
  await accrueTo(mesh, ann.userId, 5)
  const first = await mesh.call(listEntries, { limit: 2 }, ann)
  await accrueTo(mesh, ann.userId, 1)
  const second = await mesh.call(listEntries, { limit: 2, cursor: first.next_cursor }, ann)
  const third = await mesh.call(listEntries, { limit: 2, cursor: second.next_cursor }, ann)
  const amounts = [first, second, third].map(({ entries }) => entries.map(({ amount }) => amount))
  expect(amounts).toEqual([['5.000000', '4.000000'], ['3.000000', '2.000000'], ['1.000000']])
  expect(third.next_cursor).toBeUndefined()
})

test('a page holds 20 entries unless more are asked for', async () => {
  const ann = await mesh.user()
  await accrueTo(mesh, ann.userId, 21)
  const page = await mesh.call(listEntries, {}, ann)
  expect(page.entries).toHaveLength(20)
  const rest = await mesh.call(listEntries, { cursor: page.next_cursor }, ann)
  expect(rest.entries.map(({ balance_after }) => balance_after)).toEqual(['1.000000'])
  expect((await mesh.call(listEntries, { limit: 100 }, ann)).entries).toHaveLength(21)
})

test('a cursor of somebody else shows nothing of theirs, and an invented one is refused', async () => {
  const [ann, bob] = [await mesh.user(), await mesh.user()]
  await accrueTo(mesh, ann.userId, 2)
  const { next_cursor } = await mesh.call(listEntries, { limit: 1 }, ann)
  expect(await mesh.call(listEntries, { cursor: next_cursor }, bob)).toEqual({ entries: [] })
  expect(await mesh.callFails(listEntries, { cursor: 'nonsense' }, ann)).toMatchObject({
    code: 'invalid',
    fields: { cursor: ['Use a cursor that a page gave.'] },
  })
})
