import { auth } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { createDevice, prove, register } from './device.ts'
import { asCaller } from './person.ts'
import { startAuth } from './start-auth.ts'

const { getKey } = auth.procedures

test('a key of the caller is shown, and nobody else sees it', async () => {
  const { mesh, stop } = await startAuth()
  const device = createDevice()
  const public_key = device.publicKey
  const proof = await prove(mesh, { device, purpose: 'register' })
  const ann = await mesh.call(auth.procedures.register, {
    username: 'ann',
    label: 'phone',
    ...proof,
  })
  const bob = await register(mesh, createDevice())

  const at = expect.any(String)
  expect(await mesh.call(getKey, { public_key }, asCaller(ann))).toEqual({
    ...{ user_id: ann.user_id, public_key, label: 'phone', revoked: false },
    ...{ created_at: at, last_used_at: at },
  })
  const failure = await mesh.callFails(getKey, { public_key }, asCaller(bob))
  expect(failure.code).toBe('not_found')
  await stop()
})
