// Shows: S4 (part), S5 (part)
import { auth } from '@meshboard/contracts'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Device, createDevice, prove, register, signedTime } from './device.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth({ keys: [1, 2], env: { AUTH_ACCESS_TOKEN_SECONDS: '90' } })
})
afterAll(() => running.stop())

test('a registered key opens a session of its account', async () => {
  const { mesh } = running
  const device = createDevice()
  const account = await register(mesh, device)
  const proof = await prove(mesh, { device, purpose: 'login' })
  const session = await mesh.call(auth.procedures.verify, proof)

  expect(session.user_id).toBe(account.user_id)
  expect(session.session_id).not.toBe(account.session_id)
  const opened = await mesh.published(auth.events.sessionOpened)
  expect(opened.map(({ session_id }) => session_id)).toContain(session.session_id)
  const stored = await mesh.admin('auth.sessions').where({ id: session.session_id }).first()
  const key = await mesh.admin('auth.keys').where({ public_key: device.publicKey }).first()
  expect(stored.key_id).toBe(key.id)
  expect(key.last_used_at).toEqual(stored.created_at)
})

test('its token says who, for how long and signed by which key', async () => {
  const { mesh } = running
  const session = await register(mesh, createDevice())
  const { keys } = await mesh.call(auth.procedures.jwks, {})
  const { payload } = await jwtVerify(session.access_token, createLocalJWKSet({ keys }), {
    issuer: 'meshboard-auth',
    audience: 'meshboard',
    typ: 'at+jwt',
  })
  expect(decodeProtectedHeader(session.access_token)).toEqual({
    alg: 'EdDSA',
    typ: 'at+jwt',
    kid: keys[0]?.kid,
  })
  expect(payload).toEqual({
    iss: 'meshboard-auth',
    aud: 'meshboard',
    sub: session.user_id,
    sid: session.session_id,
    roles: ['user'],
    jti: expect.any(String),
    iat: expect.any(Number),
    exp: Number(payload.iat) + 90,
  })
  expect(Date.parse(session.expires_at)).toBe(Number(payload.exp) * 1000)
})

test('a good signature of a key that nobody has is told so, and stores nothing', async () => {
  const { mesh } = running
  const device = createDevice()
  const proof = await prove(mesh, { device, purpose: 'login' })
  expect((await mesh.callFails(auth.procedures.verify, proof)).code).toBe('unknown_key')
  const used = mesh.admin('auth.used_proofs').where({ public_key: device.publicKey })
  expect(await used).toEqual([])
})

test('a revoked key opens no session', async () => {
  const { mesh } = running
  const device = createDevice()
  await register(mesh, device)
  const revoked = { revoked_at: new Date() }
  await mesh.admin('auth.keys').where({ public_key: device.publicKey }).update(revoked)
  const proof = await prove(mesh, { device, purpose: 'login' })
  expect((await mesh.callFails(auth.procedures.verify, proof)).code).toBe('unknown_key')
})

test('of many uses of one answer at a time exactly one opens a session', async () => {
  const { mesh } = running
  const device = createDevice()
  const { user_id } = await register(mesh, device)
  const proof = await prove(mesh, { device, purpose: 'login' })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 40 }, () => mesh.call(auth.procedures.verify, proof)),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes)
    if (outcome.status === 'rejected')
      expect(outcome.reason).toMatchObject({ code: 'invalid_signature' })
  expect(await mesh.admin('auth.sessions').where({ user_id })).toHaveLength(2)
})

test('a challenge given to another key is refused', async () => {
  const { mesh } = running
  const [one, other] = [createDevice(), createDevice()]
  await register(mesh, one)
  const { challenge } = await prove(mesh, { device: other, purpose: 'login' })
  const proof = await prove(mesh, { device: one, purpose: 'login' })
  const failure = await mesh.callFails(auth.procedures.verify, { ...proof, challenge })
  expect(failure.code).toBe('invalid_signature')
})

test('a signature that does not verify is refused without asking the database', async () => {
  const { mesh } = running
  const device = createDevice()
  await register(mesh, device)
  const proof = await prove(mesh, { device, purpose: 'login' })
  await mesh.admin.transaction(async (tx) => {
    await tx.raw('lock table auth.keys, auth.used_proofs in access exclusive mode')
    const signature = '00'.repeat(64)
    const failure = await mesh.callFails(auth.procedures.verify, { ...proof, signature })
    expect(failure.code).toBe('invalid_signature')
  })
})

/** A login in one step, as somebody without a socket makes it. */
const inOneStep = (device: Device, nonce: string, skewSeconds?: number) => {
  const { public_key, proof } = signedTime(device, {
    nonce,
    ...(skewSeconds !== undefined && { skewSeconds }),
  })
  if (proof.kind !== 'signed_time') throw new Error('another proof was asked for')
  const { timestamp, signature } = proof
  return { public_key, timestamp, nonce, signature }
}

test('a signed time opens a session, once, at whatever door it is shown', async () => {
  const { mesh } = running
  const device = createDevice()
  const { user_id } = await register(mesh, device)
  const session = await mesh.call(auth.procedures.verify, inOneStep(device, 'nonce-01'))
  expect(session).toMatchObject({ user_id, refresh_token: expect.any(String) })
  const again = inOneStep(device, 'nonce-01', -1)
  expect((await mesh.callFails(auth.procedures.verify, again)).code).toBe('invalid_signature')
  const atTheEdge = signedTime(device, { nonce: 'nonce-01' })
  const refused = await mesh.callFails(auth.procedures.openSession, atTheEdge)
  expect(refused.code).toBe('invalid_signature')
})

test.each([-302, 62])('a signed time %i s from now is refused', async (skewSeconds) => {
  const { mesh } = running
  const device = createDevice()
  await register(mesh, device)
  const given = inOneStep(device, 'nonce-02', skewSeconds)
  expect((await mesh.callFails(auth.procedures.verify, given)).code).toBe('invalid_signature')
})

test.each([
  ['nothing that was signed', [], ['challenge']],
  ['a challenge and a time', ['challenge', 'timestamp', 'nonce'], ['challenge']],
  ['a time without its nonce', ['timestamp'], ['nonce']],
  ['a nonce without its time', ['nonce'], ['timestamp']],
])('%s is refused by field', async (_title, given, fields) => {
  const { mesh } = running
  const all = { ...inOneStep(createDevice(), 'nonce-03'), challenge: 'A'.repeat(43) }
  const { public_key, signature } = all
  const some = Object.fromEntries(Object.entries(all).filter(([name]) => given.includes(name)))
  const input = { public_key, signature, ...some }
  const failure = await mesh.callFails(auth.procedures.verify, input)
  expect(failure.code).toBe('invalid')
  expect(Object.keys(failure.fields ?? {})).toEqual(fields)
})

test('processes with keys before and after a change of keys understand each other', async () => {
  const { mesh } = running
  await running.start([2, 1])
  const device = createDevice()
  await register(mesh, device)
  const kids = new Set<unknown>()
  for (let nth = 0; nth < 20 || (kids.size < 2 && nth < 100); nth += 1) {
    const proof = await prove(mesh, { device, purpose: 'login' })
    const session = await mesh.call(auth.procedures.verify, proof)
    kids.add(decodeProtectedHeader(session.access_token).kid)
  }
  expect(kids.size).toBe(2)
})
