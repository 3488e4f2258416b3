import { auth } from '@meshboard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aName, createDevice, prove } from './device.ts'
import { PASSWORD, asCaller, registerByPassword } from './person.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth({ env: { AUTH_PASSWORD_MEMORY_KIB: '19456' } })
})
afterAll(() => running.stop())

const { register } = auth.procedures

test('an address and a password make an account with a session that can be renewed', async () => {
  const { mesh } = running
  const made = await registerByPassword(mesh)
  expect(made.refresh_token).toMatch(new RegExp(`^${made.session_id}\\.`))
  expect(Date.parse(made.refresh_expires_at ?? '')).toBeGreaterThan(Date.now() + 13 * 86_400_000)
  expect(await mesh.call(auth.procedures.listKeys, {}, asCaller(made))).toEqual({ keys: [] })
  const stored = await mesh.admin('auth.sessions').where({ id: made.session_id }).first()
  expect(stored).toMatchObject({ user_id: made.user_id, key_id: null })
})

test('user is asked for the profile before the answer, with address and referral code', async () => {
  const { mesh, user } = running
  const email = `Ann.${aName()}@Example.org`
  const made = await registerByPassword(mesh, { email, referral_code: 'BOB-7K3Q' })
  expect(user.profiles.at(-1)).toEqual({
    user_id: made.user_id,
    username: made.username,
    email: email.toLowerCase(),
    referral_code: 'BOB-7K3Q',
    created_at: expect.any(String),
  })
})

test('an account is made although user does not answer well', async () => {
  const { mesh, user } = running
  user.broken = true
  const made = await registerByPassword(mesh).finally(() => (user.broken = false))
  const { email } = await mesh.call(auth.procedures.getPendingProfile, { user_id: made.user_id })
  expect(email).toBe(made.email)
})

test('neither password nor address is stored or told in the clear', async () => {
  const { mesh } = running
  const { user_id, email } = await registerByPassword(mesh)
  const account = await mesh.admin('auth.accounts').where({ id: user_id }).first()
  expect(account.password).toMatch(/^\$argon2id\$v=19\$m=19456,t=1,p=1\$/)
  expect(account.email_hash).toHaveLength(32)
  await mesh.admin('auth.pending_profiles').where({ user_id }).delete()
  for (const table of ['accounts', 'sessions', 'outbox', 'pending_profiles']) {
    // Bytes stand in a row's text as hex.
    const { rows } = await mesh.admin.raw(`select t::text as line from auth.${table} t`)
    const text = rows.map(({ line }: { line: string }) => line).join('\n')
    for (const secret of [email, PASSWORD]) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(Buffer.from(secret).toString('hex'))
    }
  }
})

test('an address is taken in whatever case', async () => {
  const { mesh } = running
  const { email } = await registerByPassword(mesh)
  const again = { username: aName(), email: email.toUpperCase(), password: PASSWORD }
  const failure = await mesh.callFails(register, again)
  expect(failure).toMatchObject({ code: 'conflict', details: { field: 'email' } })
})

test('of many registrations at a time with one address, one makes an account', async () => {
  const { mesh } = running
  const email = `${aName()}@example.org`
  const outcomes = await Promise.allSettled(
    Array.from({ length: 6 }, () => registerByPassword(mesh, { email })),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes)
    if (outcome.status === 'rejected')
      expect(outcome.reason).toMatchObject({ code: 'conflict', details: { field: 'email' } })
})

test('with a key besides, both sign in to the account', async () => {
  const { mesh } = running
  const device = createDevice()
  const proof = await prove(mesh, { device, purpose: 'register' })
  const made = await registerByPassword(mesh, { ...proof, label: 'phone' })
  const { email, user_id } = made
  const byPassword = await mesh.call(auth.procedures.login, { email, password: PASSWORD })
  const login = await prove(mesh, { device, purpose: 'login' })
  const byKey = await mesh.call(auth.procedures.verify, login)
  expect([byPassword.user_id, byKey.user_id]).toEqual([user_id, user_id])
})

test('a wrong signature is refused before the password is hashed, and stores nothing', async () => {
  const { mesh } = running
  const proof = await prove(mesh, { device: createDevice(), purpose: 'login' })
  const username = aName()
  const input = { username, email: `${username}@example.org`, password: PASSWORD, ...proof }
  expect((await mesh.callFails(register, input)).code).toBe('invalid_signature')
  expect(await mesh.admin('auth.accounts').where({ username })).toEqual([])
})

test.each([
  ['no way to sign in', {}, ['email']],
  ['a password alone', { password: PASSWORD }, ['email']],
  ['a common password', { email: 'ann@example.org', password: 'P@ssw0rd123' }, ['password']],
  ['a key that signs nothing', { public_key: 'ab'.repeat(32) }, ['challenge', 'signature']],
])('%s is refused by field', async (_title, given, fields) => {
  const failure = await running.mesh.callFails(register, { username: aName(), ...given })
  expect(failure.code).toBe('invalid')
  expect(Object.keys(failure.fields ?? {})).toEqual(fields)
})
