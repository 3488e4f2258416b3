// Shows: S5 (part), S6 (part)
import { randomBytes } from 'node:crypto'
import { AUDIENCE, auth, challengeMessage } from '@meshboard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Device, createDevice, register, signedTime } from './device.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth()
})
afterAll(() => running.stop())

const { openSession } = auth.procedures
const DAY_MS = 24 * 60 * 60 * 1000

/** A device with an account, and a fresh nonce each time. */
const anAccount = async () => {
  const device = createDevice()
  return { device, ...(await register(running.mesh, device)) }
}
const aNonce = () => randomBytes(8).toString('hex')

/** The answer to a challenge that the edge has made itself. */
const answered = (device: Device, serverEpochMs = Date.now()) => {
  const { publicKey } = device
  const challenge = randomBytes(32).toString('base64url')
  const told = {
    audience: AUDIENCE,
    purpose: 'login',
    publicKey,
    challenge,
    serverEpochMs,
  } as const
  const signature = device.sign(challengeMessage(told))
  const kind = 'challenge' as const
  return {
    public_key: publicKey,
    proof: { kind, challenge, server_epoch_ms: serverEpochMs, signature },
  }
}

test("an answer to the edge's challenge opens a session, with where it came from", async () => {
  const { mesh } = running
  const { device, user_id } = await anAccount()
  const from = { address: '192.0.2.7', user_agent: 'agent/1' }
  const session = await mesh.call(openSession, { ...answered(device), ...from })
  expect(session.user_id).toBe(user_id)
  const stored = await mesh.admin('auth.sessions').where({ id: session.session_id }).first()
  expect(stored).toMatchObject({ user_id, ...from, revoked_at: null })
  expect(stored.expires_at - stored.created_at).toBe(14 * DAY_MS)
  const opened = await mesh.published(auth.events.sessionOpened)
  expect(opened.map(({ session_id }) => session_id)).toContain(session.session_id)
})

test('a challenge whose time is far from now is refused', async () => {
  const { device } = await anAccount()
  const failure = await running.mesh.callFails(openSession, answered(device, Date.now() - 61_000))
  expect(failure.code).toBe('invalid_signature')
})

test('an answer is good once', async () => {
  const { device } = await anAccount()
  const proof = answered(device)
  await running.mesh.call(openSession, proof)
  expect((await running.mesh.callFails(openSession, proof)).code).toBe('invalid_signature')
})

test('a signed time opens a session', async () => {
  const { device, user_id } = await anAccount()
  const session = await running.mesh.call(openSession, signedTime(device, { nonce: aNonce() }))
  expect(session.user_id).toBe(user_id)
})

test.each([-302, 62])('a signed time %i s from now is refused', async (skewSeconds) => {
  const { device } = await anAccount()
  const given = signedTime(device, { nonce: aNonce(), skewSeconds })
  expect((await running.mesh.callFails(openSession, given)).code).toBe('invalid_signature')
})

test('a nonce is good once for a key, whatever the time it is signed with', async () => {
  const { mesh } = running
  const [one, other] = [await anAccount(), await anAccount()]
  const nonce = aNonce()
  await mesh.call(openSession, signedTime(one.device, { nonce }))
  const again = signedTime(one.device, { nonce, skewSeconds: -1 })
  expect((await mesh.callFails(openSession, again)).code).toBe('invalid_signature')
  const session = await mesh.call(openSession, signedTime(other.device, { nonce }))
  expect(session.user_id).toBe(other.user_id)
})

test('of many uses of one nonce at a time exactly one is accepted', async () => {
  const { device } = await anAccount()
  const given = signedTime(device, { nonce: aNonce() })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 100 }, () => running.mesh.call(openSession, given)),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes)
    if (outcome.status === 'rejected')
      expect(outcome.reason).toMatchObject({ code: 'invalid_signature' })
})

test('a key that nobody has registered opens nothing', async () => {
  const failure = await running.mesh.callFails(openSession, answered(createDevice()))
  expect(failure.code).toBe('unknown_key')
})

test('a session is renewed in place, without an event', async () => {
  const { mesh } = running
  const { device, session_id } = await anAccount()
  const aDayAgo = new Date(Date.now() - DAY_MS)
  const aged = {
    created_at: aDayAgo,
    last_used_at: aDayAgo,
    expires_at: new Date(Date.now() + DAY_MS),
  }
  await mesh.admin('auth.sessions').where({ id: session_id }).update(aged)
  const renewed = await mesh.call(openSession, { ...answered(device), session_id })
  expect(renewed.session_id).toBe(session_id)
  const stored = await mesh.admin('auth.sessions').where({ id: session_id }).first()
  expect(stored.created_at).toEqual(aDayAgo)
  expect(stored.expires_at - stored.last_used_at).toBe(14 * DAY_MS)
  const opened = await mesh.published(auth.events.sessionOpened)
  expect(opened.filter((event) => event.session_id === session_id)).toHaveLength(1)
})

test('a renewed session lives no longer than sixty days in all', async () => {
  const { mesh } = running
  const { device, session_id } = await anAccount()
  const created_at = new Date(Date.now() - 59.99 * DAY_MS)
  await mesh.admin('auth.sessions').where({ id: session_id }).update({ created_at })
  await mesh.call(openSession, { ...answered(device), session_id })
  const stored = await mesh.admin('auth.sessions').where({ id: session_id }).first()
  expect(stored.expires_at - stored.created_at).toBe(60 * DAY_MS)
})

test('a token ends no later than its session', async () => {
  const { mesh } = running
  const { device, session_id } = await anAccount()
  const created_at = new Date(Date.now() - 60 * DAY_MS + 100_000)
  await mesh.admin('auth.sessions').where({ id: session_id }).update({ created_at })
  const renewed = await mesh.call(openSession, { ...answered(device), session_id })
  expect(Date.parse(renewed.expires_at)).toBeLessThanOrEqual(Date.now() + 100_000)
})

test('a session of somebody else is not renewed', async () => {
  const [one, other] = [await anAccount(), await anAccount()]
  const input = { ...answered(one.device), session_id: other.session_id }
  expect((await running.mesh.callFails(openSession, input)).code).toBe('session_expired')
})

test.each([
  ['that has expired', { expires_at: new Date() }],
  ['that was revoked', { revoked_at: new Date() }],
])('a session %s is not renewed', async (_title, ended) => {
  const { mesh } = running
  const { device, session_id } = await anAccount()
  const past = { created_at: new Date(0), ...ended }
  await mesh.admin('auth.sessions').where({ id: session_id }).update(past)
  const failure = await mesh.callFails(openSession, { ...answered(device), session_id })
  expect(failure.code).toBe('session_expired')
})
