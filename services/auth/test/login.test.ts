// Shows: H6 (part), O6 (part)
import { auth } from '@meshboard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHashingQueue } from '../src/hashing-queue.ts'
import { createPasswords } from '../src/passwords.ts'
import { aName } from './device.ts'
import { PASSWORD, registerByPassword } from './person.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth({ env: { AUTH_PASSWORD_MEMORY_KIB: '19456' } })
})
afterAll(() => running.stop())

const { login } = auth.procedures

test('an address opens a session, in whatever case', async () => {
  const { mesh } = running
  const { email, user_id } = await registerByPassword(mesh)
  const session = await mesh.call(login, { email: email.toUpperCase(), password: PASSWORD })
  expect(session).toMatchObject({ user_id, refresh_token: expect.any(String) })
  const opened = await mesh.published(auth.events.sessionOpened)
  expect(opened.map(({ session_id }) => session_id)).toContain(session.session_id)
})

test('so does a username', async () => {
  const { mesh } = running
  const { username, user_id } = await registerByPassword(mesh)
  const session = await mesh.call(login, { username: username.toUpperCase(), password: PASSWORD })
  expect(session.user_id).toBe(user_id)
})

test('a password is the same however its letters are composed', async () => {
  const { mesh } = running
  const password = 'ça-brûle-déjà'
  const { email } = await registerByPassword(mesh, { password: password.normalize('NFD') })
  await mesh.call(login, { email, password: password.normalize('NFC') })
  await mesh.call(login, { email, password: password.normalize('NFD') })
})

test('a wrong password and an unknown account get the same answer in about the same time', async () => {
  const { mesh } = running
  const { email } = await registerByPassword(mesh)
  const tried = async (given: string) => {
    const before = performance.now()
    const failure = await mesh.callFails(login, { email: given, password: 'not-this-one' })
    return { said: failure.toEnvelope(''), ms: performance.now() - before }
  }
  const [wrong, unknown] = [[], []] as [number[], number[]]
  for (let nth = 0; nth < 4; nth += 1) {
    const [known, nobody] = [await tried(email), await tried('nobody@example.org')]
    expect(nobody.said).toEqual(known.said)
    expect(known.said.code).toBe('invalid_credentials')
    wrong.push(known.ms)
    unknown.push(nobody.ms)
  }
  expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...wrong) / 2)
})

test('an account without a password has no right one', async () => {
  const { mesh } = running
  const { user_id, username } = await registerByPassword(mesh)
  await mesh.admin('auth.accounts').where({ id: user_id }).update({ password: null })
  const failure = await mesh.callFails(login, { username, password: '' })
  expect(failure.code).toBe('invalid_credentials')
})

test.each([
  ['neither', {}],
  ['both', { email: 'ann@example.org', username: 'ann' }],
])('%s of address and username is refused by field', async (_title, given) => {
  const failure = await running.mesh.callFails(login, { ...given, password: PASSWORD })
  expect(failure).toMatchObject({ code: 'invalid', fields: { email: [expect.any(String)] } })
})

test('a password hashed with less than today is hashed anew, by whichever login is first', async () => {
  const { mesh } = running
  const { email, user_id } = await registerByPassword(mesh)
  const queue = createHashingQueue({ runningMax: 1, waitingMax: 0 })
  const { signal } = new AbortController()
  const weak = await createPasswords({ memory: 64, passes: 1 }, queue).hash(PASSWORD, signal)
  await mesh.admin('auth.accounts').where({ id: user_id }).update({ password: weak })
  const stored = () => mesh.admin('auth.accounts').where({ id: user_id }).pluck('password')

  const input = { email, password: PASSWORD }
  await Promise.all([1, 2, 3].map(() => mesh.call(login, input)))
  const raised = await stored()
  expect(raised).toEqual([expect.stringContaining('$m=19456,')])
  await mesh.call(login, input)
  expect(await stored()).toEqual(raised)
})

test('more passwords at a time than can be hashed or wait are refused at once', async () => {
  const few = { AUTH_PASSWORDS_IN_FLIGHT_MAX: '1', AUTH_PASSWORDS_WAITING_MAX: '1' }
  const { mesh, stop } = await startAuth({ env: few })
  const tries = Array.from({ length: 6 }, async () => {
    const before = performance.now()
    const username = aName()
    const { code, retryAfterMs } = await mesh.callFails(login, { username, password: PASSWORD })
    return { code, retryAfterMs, ms: performance.now() - before }
  })
  const outcomes = await Promise.all(tries)
  await stop()
  const refused = outcomes.filter(({ code }) => code === 'overloaded')
  const hashed = outcomes.filter(({ code }) => code === 'invalid_credentials')
  // A call that comes only after the first has been hashed finds a place again.
  expect(hashed.length).toBeGreaterThanOrEqual(2)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.length + hashed.length).toBe(outcomes.length)
  expect(refused.every(({ retryAfterMs }) => retryAfterMs === 1_000)).toBe(true)
  const soonest = Math.min(...hashed.map(({ ms }) => ms))
  expect(Math.min(...refused.map(({ ms }) => ms))).toBeLessThan(soonest)
})

test('an address is found after a change of keys, and then without the old one', async () => {
  const cheap = { AUTH_PASSWORD_MEMORY_KIB: '19456' }
  const { mesh, start, stop, first } = await startAuth({ env: cheap })
  const { email, user_id } = await registerByPassword(mesh)
  const before = await mesh.admin('auth.accounts').where({ id: user_id }).pluck('email_hash')
  await first.stop()
  const second = await start([2, 1])
  await mesh.call(login, { email, password: PASSWORD })
  expect(await mesh.admin('auth.accounts').pluck('email_hash')).not.toEqual(before)
  await second.stop()
  await start([2])
  expect((await mesh.call(login, { email, password: PASSWORD })).user_id).toBe(user_id)
  await stop()
})
