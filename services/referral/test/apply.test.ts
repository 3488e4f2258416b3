import { referral } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startReferee, startReferral, startReferrer, toldOf } from './start-referral.ts'

const { apply, list } = referral.procedures

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startReferral()
})
afterAll(() => mesh.stop())

test('a code ties its owner to the caller, and both are told', async () => {
  const [ann, bob] = [await startReferrer(mesh), await mesh.user()]
  const applied = await mesh.call(apply, { code: ann.code }, bob)
  expect(applied).toEqual({
    id: expect.stringMatching(/^ref_/),
    referrer_id: ann.userId,
    referee_id: bob.userId,
    code: ann.code,
    level: 1,
    status: 'pending',
    points: '0.000000',
    created_at: expect.any(String),
  })
  const told = (user_id: string) => ({
    user_id,
    referral_id: applied.id,
    referrer_id: ann.userId,
    referee_id: bob.userId,
    level: 1,
    status: 'pending',
    at: applied.created_at,
  })
  const all = await toldOf(mesh, 'applied', bob)
  expect(all).toHaveLength(2)
  expect(all).toEqual(expect.arrayContaining([told(bob.userId), told(ann.userId)]))
})

test('who brought the referrer is told too, with level 2, and nobody further up', async () => {
  const dan = await startReferrer(mesh)
  const cara = await startReferee(mesh, dan)
  const ann = await startReferee(mesh, cara)
  const bob = await startReferee(mesh, ann)
  const told = (await toldOf(mesh, 'applied', bob)).map(({ user_id, level }) => [user_id, level])
  expect(told).toHaveLength(3)
  expect(told).toEqual(
    expect.arrayContaining([
      [bob.userId, 1],
      [ann.userId, 1],
      [cara.userId, 2],
    ]),
  )
  const { referrals } = await mesh.call(list, {}, cara)
  expect(referrals.map(({ referee_id, level }) => [referee_id, level])).toEqual([
    [bob.userId, 2],
    [ann.userId, 1],
  ])
})

test('case does not count', async () => {
  const [ann, bob] = [await startReferrer(mesh), await mesh.user()]
  const applied = await mesh.call(apply, { code: ann.code.toLowerCase() }, bob)
  expect(applied).toMatchObject({ referrer_id: ann.userId, code: ann.code })
})

test('the same code again, also at the same time, changes nothing and gives the same answer', async () => {
  const [ann, bob] = [await startReferrer(mesh), await mesh.user()]
  const calls = Array.from({ length: 6 }, () => mesh.call(apply, { code: ann.code }, bob))
  const answers = [...(await Promise.all(calls)), await mesh.call(apply, { code: ann.code }, bob)]
  for (const answer of answers) expect(answer).toEqual(answers[0])
  expect(await toldOf(mesh, 'applied', bob)).toHaveLength(2)
})

test('of two codes at the same time one is applied', async () => {
  const [ann, cara, bob] = [await startReferrer(mesh), await startReferrer(mesh), await mesh.user()]
  const outcomes = await Promise.allSettled(
    [ann, cara].map(({ code }) => mesh.call(apply, { code }, bob)),
  )
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(await toldOf(mesh, 'applied', bob)).toHaveLength(2)
})

test('an unknown code, the own one and a second one are refused', async () => {
  const [ann, cara] = [await startReferrer(mesh), await startReferrer(mesh)]
  const bob = await startReferee(mesh, ann)
  const codeOf = async (code: string) => (await mesh.callFails(apply, { code }, bob)).code
  expect(await codeOf('NOBODY-0000')).toBe('unknown_code')
  expect(await codeOf('no code')).toBe('invalid')
  expect(await codeOf(bob.code)).toBe('own_code')
  expect(await codeOf(cara.code)).toBe('already_referred')
  expect(await toldOf(mesh, 'applied', bob)).toHaveLength(2)
})

test('nobody is brought by a user whom they have brought, however far below', async () => {
  const ann = await startReferrer(mesh)
  const bob = await startReferee(mesh, ann)
  const cara = await startReferee(mesh, bob)
  const dan = await startReferee(mesh, cara)
  for (const { code } of [bob, cara, dan])
    expect(await mesh.callFails(apply, { code }, ann)).toMatchObject({ code: 'circular_referral' })
})

test('a circle is not closed by all of its users at the same time either', async () => {
  const circle = await Promise.all(Array.from({ length: 6 }, () => startReferrer(mesh)))
  const outcomes = await Promise.allSettled(
    circle.map((one, place) =>
      mesh.call(apply, { code: circle[(place + 1) % circle.length]!.code }, one),
    ),
  )
  const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect(refused).toMatchObject([{ code: 'circular_referral' }])
})
