import { user } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aProfile, startUser } from './start-user.ts'

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startUser()
})
afterAll(() => mesh.stop())

const { ensureProfile, getContact } = user.procedures
const registeredOf = async (id: string) =>
  (await mesh.published(user.events.registered)).filter(({ user_id }) => user_id === id)

test('a profile is made and told of, with the referral code and without the address', async () => {
  const profile = aProfile({ email: 'Ann@Example.org', referral_code: 'BOB-7K3Q' })
  const { user_id, username, created_at } = profile
  expect(await mesh.call(ensureProfile, profile)).toEqual({ user_id })
  expect(await registeredOf(user_id)).toEqual([
    { user_id, username, referral_code: 'BOB-7K3Q', created_at },
  ])
  const { rows } = await mesh.admin.raw(`select payload, headers::text from "user".outbox`)
  for (const { payload, headers } of rows) expect(`${payload}${headers}`).not.toMatch(/example/i)
})

test('asked any number of times it is made and told of once', async () => {
  const profile = aProfile({ email: 'ann@example.org' })
  await Promise.all(Array.from({ length: 8 }, () => mesh.call(ensureProfile, profile)))
  await mesh.call(ensureProfile, { ...profile, email: 'other@example.org' })
  expect(await registeredOf(profile.user_id)).toHaveLength(1)
  const { email } = await mesh.call(getContact, { user_id: profile.user_id })
  expect(email).toBe('ann@example.org')
})
