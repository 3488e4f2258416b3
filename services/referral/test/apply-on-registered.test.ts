import { referral, user } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  registrationOf,
  startReferee,
  startReferral,
  startReferrer,
  toldOf,
} from './start-referral.ts'

const { apply, list } = referral.procedures
const { registered } = user.events

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startReferral()
})
afterAll(() => mesh.stop())

test('a registration with a code ties both, and both are told', async () => {
  const [ann, bob] = [await startReferrer(mesh), await mesh.user()]
  await mesh.deliver(registered, registrationOf(bob, { referral_code: ann.code.toLowerCase() }))
  expect((await mesh.call(list, {}, ann)).referrals).toMatchObject([
    { referee_id: bob.userId, code: ann.code, level: 1, status: 'pending' },
  ])
  const told = (await toldOf(mesh, 'applied', bob)).map(({ user_id }) => user_id)
  expect(told.toSorted()).toEqual([ann.userId, bob.userId].toSorted())
})

test('a registration that comes twice, by one event or two, is applied once', async () => {
  const [ann, bob] = [await startReferrer(mesh), await mesh.user()]
  const data = registrationOf(bob, { referral_code: ann.code })
  const id = await mesh.deliver(registered, data)
  await mesh.deliver(registered, data, { id, again: true })
  await mesh.deliver(registered, data)
  expect(await toldOf(mesh, 'applied', bob)).toHaveLength(2)
})

test('who has applied a code before the registration arrives keeps that one', async () => {
  const [ann, cara] = [await startReferrer(mesh), await startReferrer(mesh)]
  const bob = await startReferee(mesh, ann)
  await mesh.deliver(registered, registrationOf(bob, { referral_code: cara.code }))
  expect(await mesh.call(list, {}, cara)).toEqual({ referrals: [] })
  expect(await mesh.callFails(apply, { code: cara.code }, bob)).toMatchObject({
    code: 'already_referred',
  })
})

test('a code that is unknown, or the own one, or closes a circle is passed over', async () => {
  const ann = await startReferrer(mesh)
  const bob = await startReferee(mesh, ann)
  for (const referral_code of ['NOBODY-0000', ann.code, bob.code])
    await mesh.deliver(registered, registrationOf(ann, { referral_code }))
  expect(await toldOf(mesh, 'applied', ann)).toEqual([])
})

test('a registration without a code ties nobody', async () => {
  const bob = await mesh.user()
  await mesh.deliver(registered, registrationOf(bob))
  expect(await toldOf(mesh, 'applied', bob)).toEqual([])
})
