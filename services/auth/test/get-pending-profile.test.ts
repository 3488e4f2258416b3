import { auth } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDevice, register } from './device.ts'
import { registerByPassword } from './person.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth({ env: { AUTH_PASSWORD_MEMORY_KIB: '19456' } })
})
afterAll(() => running.stop())

const { getPendingProfile } = auth.procedures

test('what a profile begins with is there until user has it', async () => {
  const { mesh } = running
  const made = await registerByPassword(mesh, { referral_code: 'BOB-7K3Q' })
  const { user_id, username, email } = made
  const pending = await mesh.call(getPendingProfile, { user_id })
  expect(pending).toEqual({ username, email, referral_code: 'BOB-7K3Q' })
})

test('an account with a key alone has neither address nor code', async () => {
  const { mesh } = running
  const { user_id, username } = await register(mesh, createDevice())
  expect(await mesh.call(getPendingProfile, { user_id })).toEqual({ username })
})

test('of an account that is not there nothing is found', async () => {
  const failure = await running.mesh.callFails(getPendingProfile, { user_id: newId('user') })
  expect(failure.code).toBe('not_found')
})
