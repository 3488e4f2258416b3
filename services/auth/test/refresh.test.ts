// Shows: J6 (part), J7 (part), J8 (part)
import { auth } from '@meshboard/contracts'
import { until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDevice, register } from './device.ts'
import { asCaller, refreshTokenOf } from './person.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth()
})
afterAll(() => running.stop())

const DAY_MS = 24 * 60 * 60 * 1000
const { refresh, listKeys } = auth.procedures
const renew = (refresh_token: string) => running.mesh.call(refresh, { refresh_token })
const renewFails = (refresh_token: string) => running.mesh.callFails(refresh, { refresh_token })

const aSession = async () => {
  const session = await register(running.mesh, createDevice())
  return { session, token: refreshTokenOf(session), id: session.session_id }
}
const stored = (id: string) => running.mesh.admin('auth.sessions').where({ id }).first()
const revocationsOf = async (id: string) => {
  const revoked = await running.mesh.published(auth.events.sessionRevoked)
  return revoked.filter(({ session_id }) => session_id === id)
}

test('a session is renewed with a new token each time', async () => {
  const { session, token, id } = await aSession()
  const first = await renew(token)
  const second = await renew(refreshTokenOf(first))
  expect(new Set([token, first.refresh_token, second.refresh_token]).size).toBe(3)
  expect(second).toMatchObject({ session_id: id, user_id: session.user_id })
  await running.mesh.call(listKeys, {}, asCaller(second))
  expect(await revocationsOf(id)).toEqual([])
})

test('renewing puts the end off, and never beyond sixty days', async () => {
  const { token, id } = await aSession()
  const { mesh } = running
  const soon = new Date(Date.now() + DAY_MS)
  await mesh.admin('auth.sessions').where({ id }).update({ expires_at: soon })
  const first = await renew(token)
  const idle = Date.parse(first.refresh_expires_at ?? '') - Date.now()
  expect(Math.abs(idle - 14 * DAY_MS)).toBeLessThan(60_000)
  const created_at = new Date(Date.now() - 59 * DAY_MS)
  await mesh.admin('auth.sessions').where({ id }).update({ created_at })
  const second = await renew(refreshTokenOf(first))
  expect(Date.parse(second.refresh_expires_at ?? '')).toBe(created_at.getTime() + 60 * DAY_MS)
})

test('a token used again within ten seconds gives the same successor, and changes nothing', async () => {
  const { token, id } = await aSession()
  const first = await renew(token)
  const before = await stored(id)
  const again = await renew(token)
  expect(again.refresh_token).toBe(first.refresh_token)
  expect(await stored(id)).toEqual(before)
  await renew(refreshTokenOf(again))
})

test('of many uses at a time all get the one successor, and one of them renews', async () => {
  const { mesh } = running
  const { token, id } = await aSession()
  const renewing = await mesh.admin.transaction(async (tx) => {
    await tx('auth.sessions').where({ id }).forUpdate()
    const calls = Array.from({ length: 3 }, () => renew(token))
    await until(async () => (await waiting(mesh.admin)) === 3)
    return { calls }
  })
  const renewed = await Promise.all([...renewing.calls, renew(token)])
  expect(new Set(renewed.map(({ refresh_token }) => refresh_token)).size).toBe(1)
  const { refresh_mac, previous_refresh_mac } = await stored(id)
  expect(previous_refresh_mac).not.toEqual(refresh_mac)
})

/** How many statements wait for a lock. */
const waiting = async (admin: AuthMesh['mesh']['admin']): Promise<number> => {
  const found = await admin('pg_stat_activity')
    .whereRaw("datname = current_database() and wait_event_type = 'Lock'")
    .count()
  return Number(found[0]?.['count'])
}

test('a token used again later ends the session for thief and holder', async () => {
  const { session, token, id } = await aSession()
  const first = await renew(token)
  const refreshed_at = new Date(Date.now() - 10_001)
  await running.mesh.admin('auth.sessions').where({ id }).update({ refreshed_at })
  expect((await renewFails(token)).code).toBe('session_expired')
  expect((await renewFails(refreshTokenOf(first))).code).toBe('session_expired')
  const { user_id } = session
  expect(await stored(id)).toMatchObject({ reason: 'token_reuse', revoked_at: expect.any(Date) })
  expect(await revocationsOf(id)).toMatchObject([{ user_id, reason: 'token_reuse' }])
})

test('a token from before the last one ends the session at once', async () => {
  const { token, id } = await aSession()
  const second = await renew(refreshTokenOf(await renew(token)))
  expect((await renewFails(token)).code).toBe('session_expired')
  expect((await renewFails(refreshTokenOf(second))).code).toBe('session_expired')
  expect(await revocationsOf(id)).toHaveLength(1)
})

test('an invented token opens nothing and ends nothing', async () => {
  const { token, id } = await aSession()
  const [, code = ''] = token.split('.')
  const other = (await aSession()).token.split('.')[1] ?? ''
  for (const wrong of ['A'.repeat(43), other, `${code.slice(0, 10)}${other.slice(10)}`])
    expect((await renewFails(`${id}.${wrong}`)).code).toBe('session_expired')
  expect((await renew(token)).session_id).toBe(id)
})

test.each([
  ['that has expired', { expires_at: new Date() }],
  ['that was revoked', { revoked_at: new Date() }],
])('a session %s is not renewed, and nothing is told', async (_title, ended) => {
  const { token, id } = await aSession()
  const past = { created_at: new Date(0), ...ended }
  await running.mesh.admin('auth.sessions').where({ id }).update(past)
  expect((await renewFails(token)).code).toBe('session_expired')
  expect(await revocationsOf(id)).toEqual([])
})

test('the roles of a renewed token are those of now', async () => {
  const { session, token } = await aSession()
  const { mesh } = running
  const roles = ['user', 'admin']
  await mesh.admin('auth.accounts').where({ id: session.user_id }).update({ roles })
  const { access_token } = await renew(token)
  const payload = Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()
  expect(JSON.parse(payload)).toMatchObject({ roles })
})

test('what is stored renews nothing', async () => {
  const { token, id } = await aSession()
  const { refresh_mac } = await stored(id)
  const secret = Buffer.from(token.split('.')[1] ?? '', 'base64url')
  expect(secret.includes(refresh_mac.subarray(0, 8))).toBe(false)
  expect((await renewFails(`${id}.${refresh_mac.toString('base64url')}`)).code).toBe(
    'session_expired',
  )
})
