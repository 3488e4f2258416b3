import { auth } from '@meshboard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDevice, prove, register } from './device.ts'
import { asCaller, refreshTokenOf, registerByPassword } from './person.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth({ env: { AUTH_PASSWORD_MEMORY_KIB: '19456' } })
})
afterAll(() => running.stop())

const { addKey, listKeys, refresh, revokeKey, verify } = auth.procedures

/** Somebody with two keys; the session is the first one's. */
const twoKeys = async () => {
  const { mesh } = running
  const [first, second] = [createDevice(), createDevice()]
  const session = await register(mesh, first)
  const caller = asCaller(session)
  await mesh.call(addKey, await prove(mesh, { device: second, purpose: 'link_key' }), caller)
  return { first, second, session, caller }
}

test('a revoked key opens nothing any more and is listed as revoked', async () => {
  const { mesh } = running
  const { second, session, caller } = await twoKeys()
  const public_key = second.publicKey
  expect(await mesh.call(revokeKey, { public_key }, caller)).toEqual({})
  const login = await prove(mesh, { device: second, purpose: 'login' })
  expect((await mesh.callFails(verify, login)).code).toBe('unknown_key')
  const { keys } = await mesh.call(listKeys, {}, caller)
  expect(keys.map(({ revoked }) => revoked)).toEqual([true, false])
  const events = await mesh.published(auth.events.keyRevoked)
  const { user_id } = session
  expect(events.at(-1)).toEqual({ user_id, public_key, revoked_at: expect.any(String) })
})

test('the sessions it opened end with it, others go on', async () => {
  const { mesh } = running
  const { second, session, caller } = await twoKeys()
  const opened = await mesh.call(verify, await prove(mesh, { device: second, purpose: 'login' }))
  await mesh.call(revokeKey, { public_key: second.publicKey }, caller)
  const refused = await mesh.callFails(refresh, { refresh_token: refreshTokenOf(opened) })
  expect(refused.code).toBe('session_expired')
  await mesh.call(refresh, { refresh_token: refreshTokenOf(session) })
  const revoked = await mesh.published(auth.events.sessionRevoked)
  const { user_id } = session
  expect(revoked.filter((event) => event.user_id === user_id)).toMatchObject([
    { session_id: opened.session_id, reason: 'key_revoked' },
  ])
})

test('revoking it again changes nothing and tells nobody', async () => {
  const { mesh } = running
  const { second, caller } = await twoKeys()
  const public_key = second.publicKey
  await mesh.call(revokeKey, { public_key }, caller)
  await mesh.call(revokeKey, { public_key }, caller)
  const events = await mesh.published(auth.events.keyRevoked)
  expect(events.filter((event) => event.public_key === public_key)).toHaveLength(1)
})

test('the last key stays, also when both of two are revoked at a time', async () => {
  const { mesh } = running
  const { first, second, session } = await twoKeys()
  const other = await mesh.call(verify, await prove(mesh, { device: second, purpose: 'login' }))
  const outcomes = await Promise.allSettled([
    mesh.call(revokeKey, { public_key: second.publicKey }, asCaller(session)),
    mesh.call(revokeKey, { public_key: first.publicKey }, asCaller(other)),
  ])
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  const usable = { user_id: session.user_id, revoked_at: null }
  expect(await mesh.admin('auth.keys').where(usable)).toHaveLength(1)

  const alone = createDevice()
  const caller = asCaller(await register(mesh, alone))
  const failure = await mesh.callFails(revokeKey, { public_key: alone.publicKey }, caller)
  expect(failure.code).toBe('conflict')
})

test('the last key goes when there is a password', async () => {
  const { mesh } = running
  const device = createDevice()
  const proof = await prove(mesh, { device, purpose: 'register' })
  const caller = asCaller(await registerByPassword(mesh, proof))
  expect(await mesh.call(revokeKey, { public_key: device.publicKey }, caller)).toEqual({})
})

test("somebody else's key is not found", async () => {
  const { mesh } = running
  const [{ caller }, { second }] = [await twoKeys(), await twoKeys()]
  const failure = await mesh.callFails(revokeKey, { public_key: second.publicKey }, caller)
  expect(failure.code).toBe('not_found')
})
