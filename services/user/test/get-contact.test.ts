import { user } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aProfile, startUser } from './start-user.ts'

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startUser()
})
afterAll(() => mesh.stop())

const { ensureProfile, getContact } = user.procedures

test('a user is reached by name and by address, in lower case', async () => {
  const profile = aProfile({ email: 'Ann.Miller@Example.ORG' })
  const { user_id, username } = profile
  await mesh.call(ensureProfile, profile)
  const email = 'ann.miller@example.org'
  expect(await mesh.call(getContact, { user_id })).toEqual({ username, email })
})

test('who has given no address has none', async () => {
  const profile = aProfile()
  await mesh.call(ensureProfile, profile)
  const { user_id, username } = profile
  expect(await mesh.call(getContact, { user_id })).toEqual({ username })
})

test('of nobody nothing is found', async () => {
  const failure = await mesh.callFails(getContact, { user_id: newId('user') })
  expect(failure.code).toBe('not_found')
})
