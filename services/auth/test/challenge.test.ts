// Shows: S8 (part)
import { setTimeout as sleep } from 'node:timers/promises'
import { auth } from '@meshboard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDevice, prove } from './device.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth({ env: { AUTH_CHALLENGE_SECONDS: '1' } })
})
afterAll(() => running.stop())

test('a challenge says for whom it is, when it was made and until when it can be answered', async () => {
  const before = Date.now()
  const given = await running.mesh.call(auth.procedures.challenge, {
    public_key: createDevice().publicKey,
    purpose: 'login',
  })
  expect(given.audience).toBe('meshboard')
  expect(Date.parse(given.now)).toBeGreaterThanOrEqual(before)
  expect(Date.parse(given.now)).toBeLessThanOrEqual(Date.now())
  expect(Date.parse(given.expires_at) - Date.parse(given.now)).toBe(1_000)
})

test('nothing is stored for who only asks', async () => {
  const device = createDevice()
  await prove(running.mesh, { device, purpose: 'register' })
  expect(await running.mesh.admin('auth.used_proofs').count()).toEqual([{ count: '0' }])
})

test('a challenge answered too late is refused', async () => {
  const proof = await prove(running.mesh, { device: createDevice(), purpose: 'login' })
  await sleep(1_010)
  const failure = await running.mesh.callFails(auth.procedures.verify, proof)
  expect(failure.code).toBe('invalid_signature')
})
