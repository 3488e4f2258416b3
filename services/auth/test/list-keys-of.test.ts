import { auth } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDevice, prove, register } from './device.ts'
import { asCaller } from './person.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth()
})
afterAll(() => running.stop())

const { listKeysOf, verify } = auth.procedures

test('a user sees their own keys there, and not those of others', async () => {
  const { mesh } = running
  const device = createDevice()
  const [ann, bob] = [await register(mesh, device), await register(mesh, createDevice())]
  const { keys } = await mesh.call(listKeysOf, { user_id: ann.user_id }, asCaller(ann))
  expect(keys).toMatchObject([{ public_key: device.publicKey, user_id: ann.user_id }])
  const failure = await mesh.callFails(listKeysOf, { user_id: ann.user_id }, asCaller(bob))
  expect(failure.code).toBe('not_found')
})

test('an admin sees those of everybody who is there', async () => {
  const { mesh } = running
  const [device, theirs] = [createDevice(), createDevice()]
  const [{ user_id: id }, { user_id }] = [
    await register(mesh, device),
    await register(mesh, theirs),
  ]
  await mesh
    .admin('auth.accounts')
    .where({ id })
    .update({ roles: ['user', 'admin'] })
  const admin = asCaller(await mesh.call(verify, await prove(mesh, { device, purpose: 'login' })))
  const { keys } = await mesh.call(listKeysOf, { user_id }, admin)
  expect(keys.map(({ public_key }) => public_key)).toEqual([theirs.publicKey])
  const failure = await mesh.callFails(listKeysOf, { user_id: newId('user') }, admin)
  expect(failure.code).toBe('not_found')
})
