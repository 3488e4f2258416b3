import { referral, user } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registrationOf, startReferral } from './start-referral.ts'

const { getCode } = referral.procedures
const { registered } = user.events

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startReferral()
})
afterAll(() => mesh.stop())

test("a new user's code begins with the name", async () => {
  const ann = await mesh.user()
  await mesh.deliver(registered, registrationOf(ann, { username: 'Ann_Lee' }))
  expect((await mesh.call(getCode, {}, ann)).code).toMatch(/^ANNLEE-[2-9A-HJKMNP-Z]{4}$/)
})

test('a registration that comes twice makes one code', async () => {
  const ann = await mesh.user()
  const id = await mesh.deliver(registered, registrationOf(ann))
  const before = await mesh.call(getCode, {}, ann)
  await mesh.deliver(registered, registrationOf(ann), { id, again: true })
  await mesh.deliver(registered, registrationOf(ann, { username: 'another' }))
  expect(await mesh.call(getCode, {}, ann)).toEqual(before)
})

test('a code that was asked for before the registration arrived stays', async () => {
  const ann = await mesh.user()
  const before = await mesh.call(getCode, {}, ann)
  await mesh.deliver(registered, registrationOf(ann, { username: 'ann' }))
  expect(await mesh.call(getCode, {}, ann)).toEqual(before)
})

test('two users of one name have different codes', async () => {
  const [one, other] = [await mesh.user(), await mesh.user()]
  await mesh.deliver(registered, registrationOf(one, { username: 'ann' }))
  await mesh.deliver(registered, registrationOf(other, { username: 'ann' }))
  const codes = [await mesh.call(getCode, {}, one), await mesh.call(getCode, {}, other)]
  expect(new Set(codes.map(({ code }) => code)).size).toBe(2)
})
