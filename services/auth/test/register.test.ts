// Shows: S7 (part)
import { auth } from '@meshboard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aName, createDevice, prove, register } from './device.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth()
})
afterAll(() => running.stop())

const countOf = async (table: string) => {
  const found = await running.mesh.admin(`auth.${table}`).count()
  return Number(found[0]?.['count'])
}

test('an account comes with its key, a session and their events', async () => {
  const { mesh } = running
  const device = createDevice()
  const proof = await prove(mesh, { device, purpose: 'register' })
  const input = { username: 'Ann', label: 'laptop', ...proof }
  const made = await mesh.call(auth.procedures.register, input)

  expect(made.username).toBe('Ann')
  const user_id = made.user_id
  expect(await mesh.admin('auth.accounts').where({ id: user_id }).first()).toMatchObject({
    username: 'Ann',
    roles: ['user'],
  })
  expect(await mesh.admin('auth.keys').where({ user_id }).first()).toMatchObject({
    public_key: device.publicKey,
    label: 'laptop',
    revoked_at: null,
  })
  expect(await mesh.published(auth.events.accountCreated)).toMatchObject([
    { user_id, username: 'Ann' },
  ])
  expect(await mesh.published(auth.events.keyAdded)).toMatchObject([
    { user_id, public_key: device.publicKey },
  ])
  expect(await mesh.published(auth.events.sessionOpened)).toMatchObject([
    { user_id, session_id: made.session_id },
  ])
})

test('a name is taken in whatever case', async () => {
  const { mesh } = running
  const name = aName()
  await register(mesh, createDevice(), name)
  const before = [await countOf('accounts'), await countOf('keys'), await countOf('outbox')]
  const proof = await prove(mesh, { device: createDevice(), purpose: 'register' })
  const input = { username: name.toUpperCase(), ...proof }
  const failure = await mesh.callFails(auth.procedures.register, input)
  expect(failure).toMatchObject({ code: 'conflict', details: { field: 'username' } })
  expect([await countOf('accounts'), await countOf('keys'), await countOf('outbox')]).toEqual(
    before,
  )
})

test('a refused name leaves the challenge good for another one', async () => {
  const { mesh } = running
  const name = aName()
  await register(mesh, createDevice(), name)
  const proof = await prove(mesh, { device: createDevice(), purpose: 'register' })
  await mesh.callFails(auth.procedures.register, { username: name, ...proof })
  const made = await mesh.call(auth.procedures.register, { username: aName(), ...proof })
  expect(made.user_id).toMatch(/^usr_/)
})

test('a key belongs to one account only', async () => {
  const device = createDevice()
  await register(running.mesh, device)
  const proof = await prove(running.mesh, { device, purpose: 'register' })
  const input = { username: aName(), ...proof }
  const failure = await running.mesh.callFails(auth.procedures.register, input)
  expect(failure).toMatchObject({ code: 'conflict', details: { field: 'public_key' } })
})

test('who registers again, having missed the answer, is told to sign in', async () => {
  const device = createDevice()
  const { username } = await register(running.mesh, device)
  const proof = await prove(running.mesh, { device, purpose: 'register' })
  const failure = await running.mesh.callFails(auth.procedures.register, { username, ...proof })
  expect(failure).toMatchObject({ code: 'conflict', details: { field: 'public_key' } })
})

test('of many registrations at a time with one key, one makes an account', async () => {
  const { mesh } = running
  const device = createDevice()
  const before = await countOf('accounts')
  const proofs = await Promise.all(
    Array.from({ length: 8 }, () => prove(mesh, { device, purpose: 'register' })),
  )
  const outcomes = await Promise.allSettled(
    proofs.map((proof) => mesh.call(auth.procedures.register, { username: aName(), ...proof })),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' })
  expect(await countOf('accounts')).toBe(before + 1)
})

test('a challenge answered once is refused the next time', async () => {
  const { mesh } = running
  const proof = await prove(mesh, { device: createDevice(), purpose: 'register' })
  await mesh.call(auth.procedures.register, { username: aName(), ...proof })
  const again = { username: aName(), ...proof }
  const failure = await mesh.callFails(auth.procedures.register, again)
  expect(failure.code).toBe('invalid_signature')
})

test('a challenge signed to sign in makes no account', async () => {
  const { mesh } = running
  const proof = await prove(mesh, { device: createDevice(), purpose: 'login' })
  const failure = await mesh.callFails(auth.procedures.register, { username: aName(), ...proof })
  expect(failure.code).toBe('invalid_signature')
})

test('a key that does not sign itself makes no account', async () => {
  const { mesh } = running
  const [owner, thief] = [createDevice(), createDevice()]
  const given = { publicKey: owner.publicKey, sign: thief.sign }
  const proof = await prove(mesh, { device: given, purpose: 'register' })
  const failure = await mesh.callFails(auth.procedures.register, { username: aName(), ...proof })
  expect(failure.code).toBe('invalid_signature')
})

test('a name outside of the grammar is refused by field', async () => {
  const { mesh } = running
  const proof = await prove(mesh, { device: createDevice(), purpose: 'register' })
  const failure = await mesh.callFails(auth.procedures.register, { username: 'a.>', ...proof })
  expect(failure.code).toBe('invalid')
  expect(Object.keys(failure.fields ?? {})).toEqual(['username'])
})
