import { auth, user } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { createDevice, register } from './device.ts'
import { startAuth } from './start-auth.ts'

test('once user has a profile nothing of it stays, also when told twice', async () => {
  const { mesh, stop } = await startAuth()
  const [ann, bob] = [await register(mesh, createDevice()), await register(mesh, createDevice())]
  const { user_id, username } = ann
  const registered = { user_id, username, created_at: new Date().toISOString() }
  const id = await mesh.deliver(user.events.registered, registered)
  await mesh.deliver(user.events.registered, registered, { id, again: true })
  const { getPendingProfile } = auth.procedures
  expect((await mesh.callFails(getPendingProfile, { user_id })).code).toBe('not_found')
  const kept = await mesh.call(getPendingProfile, { user_id: bob.user_id })
  expect(kept.username).toBe(bob.username)
  await stop()
})
