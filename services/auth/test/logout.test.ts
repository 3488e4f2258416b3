import { type Failure, auth } from '@meshboard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDevice, prove, register } from './device.ts'
import { asCaller, refreshTokenOf } from './person.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth()
})
afterAll(() => running.stop())

const { listKeys, logout, refresh, verify } = auth.procedures

test('a session that was logged out of is not renewed any more, and others are', async () => {
  const { mesh } = running
  const device = createDevice()
  const session = await register(mesh, device)
  const other = await mesh.call(verify, await prove(mesh, { device, purpose: 'login' }))
  expect(await mesh.call(logout, {}, asCaller(session))).toEqual({})
  const refused = await mesh.callFails(refresh, { refresh_token: refreshTokenOf(session) })
  expect(refused.code).toBe('session_expired')
  await mesh.call(refresh, { refresh_token: refreshTokenOf(other) })
})

test('whoever has logged out is nobody any more, though the token has time left', async () => {
  const { mesh } = running
  const session = await register(mesh, createDevice())
  expect(await mesh.call(listKeys, {}, asCaller(session))).toBeDefined()
  await mesh.call(logout, {}, asCaller(session))
  await expect
    .poll(() => mesh.call(listKeys, {}, asCaller(session)).catch(({ code }: Failure) => code))
    .toBe('session_expired')
})

test('logging out twice is told once', async () => {
  const { mesh } = running
  const session = await register(mesh, createDevice())
  const again = () => mesh.call(logout, {}, asCaller(session)).catch(() => undefined)
  await Promise.all([again(), again()])
  const { user_id, session_id } = session
  const revoked = await mesh.published(auth.events.sessionRevoked)
  expect(revoked.filter((event) => event.session_id === session_id)).toEqual([
    { user_id, session_id, reason: 'logout', revoked_at: expect.any(String) },
  ])
})

test('who has no token logs nobody out', async () => {
  expect((await running.mesh.callFails(logout, {})).code).toBe('unauthorized')
})
