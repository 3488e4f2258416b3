import { referral } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startReferral } from './start-referral.ts'

const { getCode } = referral.procedures

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startReferral()
})
afterAll(() => mesh.stop())

test('a user that asks first gets a code, and the same one ever after', async () => {
  const ann = await mesh.user()
  const { code } = await mesh.call(getCode, {}, ann)
  expect(code).toMatch(/^MESH-[2-9A-HJKMNP-Z]{4}$/)
  expect(await mesh.call(getCode, {}, ann)).toEqual({ code })
  expect(await mesh.call(getCode, {}, await mesh.user())).not.toEqual({ code })
})

test('a user that asks many times at once gets one code', async () => {
  const ann = await mesh.user()
  const answers = await Promise.all(Array.from({ length: 8 }, () => mesh.call(getCode, {}, ann)))
  expect(new Set(answers.map(({ code }) => code)).size).toBe(1)
})

test('nobody gets a code without signing in', async () => {
  expect(await mesh.callFails(getCode, {})).toMatchObject({ code: 'unauthorized' })
})
