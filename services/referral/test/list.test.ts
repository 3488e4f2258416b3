import { referral } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startReferee, startReferral, startReferrer } from './start-referral.ts'

const { apply, list } = referral.procedures

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startReferral()
})
afterAll(() => mesh.stop())

const bring = async (referrer: { code: string }, count: number): Promise<string[]> => {
  const ids: string[] = []
  for (let nth = 0; nth < count; nth += 1) {
    const { id } = await mesh.call(apply, { code: referrer.code }, await mesh.user())
    ids.unshift(id)
  }
  return ids
}

test('the newest referral stands first, and those of others are not shown', async () => {
  const [ann, other] = [await startReferrer(mesh), await startReferrer(mesh)]
  await bring(other, 1)
  const ids = await bring(ann, 3)
  const answer = await mesh.call(list, {}, ann)
  expect(answer.referrals.map(({ id }) => id)).toEqual(ids)
  expect(answer.next_cursor).toBeUndefined()
})

test('a referee does not see the own referral among those they brought', async () => {
  const bob = await startReferee(mesh, await startReferrer(mesh))
  expect(await mesh.call(list, {}, bob)).toEqual({ referrals: [] })
})

test('pages show everything once, although referrals are added meanwhile', async () => {
  const ann = await startReferrer(mesh)
  const ids = await bring(ann, 5)
  const first = await mesh.call(list, { limit: 2 }, ann)
  await bring(ann, 1)
  const second = await mesh.call(list, { limit: 2, cursor: first.next_cursor }, ann)
  const third = await mesh.call(list, { limit: 2, cursor: second.next_cursor }, ann)
  const shown = [first, second, third].map(({ referrals }) => referrals.map(({ id }) => id))
  expect(shown).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)])
  expect(third.next_cursor).toBeUndefined()
})

test('a page holds 20 referrals unless more are asked for', async () => {
  const ann = await startReferrer(mesh)
  const ids = await bring(ann, 21)
  const page = await mesh.call(list, {}, ann)
  expect(page.referrals).toHaveLength(20)
  const rest = await mesh.call(list, { cursor: page.next_cursor }, ann)
  expect(rest.referrals.map(({ id }) => id)).toEqual(ids.slice(20))
  expect((await mesh.call(list, { limit: 100 }, ann)).referrals).toHaveLength(21)
})

test('a cursor of somebody else shows nothing of theirs, and an invented one is refused', async () => {
  const [ann, bob] = [await startReferrer(mesh), await startReferrer(mesh)]
  await bring(ann, 2)
  const { next_cursor } = await mesh.call(list, { limit: 1 }, ann)
  expect(await mesh.call(list, { cursor: next_cursor }, bob)).toEqual({ referrals: [] })
  expect(await mesh.callFails(list, { cursor: 'nonsense' }, ann)).toMatchObject({
    code: 'invalid',
    fields: { cursor: ['Use a cursor that a page gave.'] },
  })
})
