import { user } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aUser, startUser } from './start-user.ts'

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startUser()
})
afterAll(() => mesh.stop())

const { getOf } = user.procedures

test('a user sees themselves there, and nobody else', async () => {
  const [ann, bob] = [await aUser(mesh), await aUser(mesh)]
  const user_id = ann.caller.userId
  expect(await mesh.call(getOf, { user_id }, ann.caller)).toMatchObject({ id: user_id })
  expect((await mesh.callFails(getOf, { user_id }, bob.caller)).code).toBe('not_found')
  const analyst = await mesh.user({ roles: ['analyst'] })
  expect((await mesh.callFails(getOf, { user_id }, analyst)).code).toBe('not_found')
})

test('an admin sees everybody who is there', async () => {
  const { caller, profile } = await aUser(mesh)
  const admin = await mesh.user({ roles: ['admin'] })
  const seen = await mesh.call(getOf, { user_id: caller.userId }, admin)
  expect(seen.username).toBe(profile.username)
  const failure = await mesh.callFails(getOf, { user_id: newId('user') }, admin)
  expect(failure.code).toBe('not_found')
})
