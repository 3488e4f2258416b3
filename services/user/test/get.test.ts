import { user } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aUser, startUser } from './start-user.ts'

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startUser()
})
afterAll(() => mesh.stop())

test('who has just registered reads their profile', async () => {
  const { caller, profile } = await aUser(mesh, { email: 'Ann@example.org' })
  expect(await mesh.call(user.procedures.get, {}, caller)).toEqual({
    id: caller.userId,
    username: profile.username,
    email: 'ann@example.org',
    public_keys: [],
    roles: ['user'],
    description: '',
    preferences: {},
    is_verified: false,
    created_at: profile.created_at,
    updated_at: profile.created_at,
  })
})

test('who has no profile yet is told so', async () => {
  const failure = await mesh.callFails(user.procedures.get, {}, await mesh.user())
  expect(failure.code).toBe('not_found')
})

test('who has no token reads nothing', async () => {
  expect((await mesh.callFails(user.procedures.get, {})).code).toBe('unauthorized')
})
