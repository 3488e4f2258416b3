import { auth } from '@meshboard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDevice, prove, register } from './device.ts'
import { asCaller } from './person.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth({ env: { AUTH_KEYS_PER_ACCOUNT_MAX: '3' } })
})
afterAll(() => running.stop())

const { addKey, verify, logout } = auth.procedures

/** Somebody with a key, and another key that proves itself to be linked. */
const aLink = async () => {
  const { mesh } = running
  const account = await register(mesh, createDevice())
  const device = createDevice()
  const proof = await prove(mesh, { device, purpose: 'link_key' })
  return { account, device, proof, caller: asCaller(account) }
}

test('a key that proves itself is added, and signs in to the account', async () => {
  const { mesh } = running
  const { account, device, proof, caller } = await aLink()
  const { user_id } = account
  const public_key = device.publicKey
  const added = await mesh.call(addKey, { ...proof, label: 'tablet' }, caller)
  const created_at = expect.any(String)
  expect(added).toEqual({ user_id, public_key, label: 'tablet', created_at, revoked: false })
  const login = await prove(mesh, { device, purpose: 'login' })
  expect((await mesh.call(verify, login)).user_id).toBe(user_id)
  const events = await mesh.published(auth.events.keyAdded)
  expect(events.at(-1)).toEqual({ user_id, public_key, created_at: added.created_at })
})

test('a proof for another purpose adds nothing', async () => {
  const { mesh } = running
  const { device, caller } = await aLink()
  const proof = await prove(mesh, { device, purpose: 'register' })
  expect((await mesh.callFails(addKey, proof, caller)).code).toBe('invalid_signature')
})

test('a proof is good once', async () => {
  const { mesh } = running
  const { proof, caller } = await aLink()
  await mesh.call(addKey, proof, caller)
  expect((await mesh.callFails(addKey, proof, caller)).code).toBe('invalid_signature')
})

test("another account's key, also one it revoked, is not added", async () => {
  const { mesh } = running
  const { device, caller } = await aLink()
  const owner = await register(mesh, device)
  const refused = async () => {
    const proof = await prove(mesh, { device, purpose: 'link_key' })
    return mesh.callFails(addKey, proof, caller)
  }
  const taken = { code: 'conflict', details: { field: 'public_key' } }
  expect(await refused()).toMatchObject(taken)
  const revoked = { revoked_at: new Date() }
  await mesh.admin('auth.keys').where({ user_id: owner.user_id }).update(revoked)
  expect(await refused()).toMatchObject(taken)
})

test('an account has no more keys than it may', async () => {
  const { mesh } = running
  const caller = asCaller(await register(mesh, createDevice()))
  const proofs = await Promise.all(
    [1, 2, 3, 4].map(() => prove(mesh, { device: createDevice(), purpose: 'link_key' })),
  )
  const outcomes = await Promise.allSettled(proofs.map((proof) => mesh.call(addKey, proof, caller)))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' })
})

test('a session that has ended adds no key, though its token is still good', async () => {
  const { mesh } = running
  const { proof, caller } = await aLink()
  await mesh.call(logout, {}, caller)
  expect((await mesh.callFails(addKey, proof, caller)).code).toBe('session_expired')
})

test('who has no token adds no key', async () => {
  const { proof } = await aLink()
  expect((await running.mesh.callFails(addKey, proof)).code).toBe('unauthorized')
})
