import { auth } from '@meshboard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDevice, prove, register } from './device.ts'
import { asCaller } from './person.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth()
})
afterAll(() => running.stop())

const { listRevoked, logout, verify } = auth.procedures

test('the sessions that ended before their time are told, the newest first, and no others', async () => {
  const { mesh } = running
  const device = createDevice()
  const first = await register(mesh, device)
  const second = await mesh.call(verify, await prove(mesh, { device, purpose: 'login' }))
  const kept = await mesh.call(verify, await prove(mesh, { device, purpose: 'login' }))
  await mesh.call(logout, {}, asCaller(first))
  await mesh.call(logout, {}, asCaller(second))
  const { session_ids } = await mesh.call(listRevoked, {})
  expect(session_ids).toEqual([second.session_id, first.session_id])
  expect(session_ids).not.toContain(kept.session_id)
})
