import { auth } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDevice, prove, register } from './device.ts'
import { asCaller } from './person.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth()
})
afterAll(() => running.stop())

const { appoint, setRoles, verify } = auth.procedures

const aUser = async () => {
  const device = createDevice()
  const session = await register(running.mesh, device)
  const signIn = async () => {
    const proof = await prove(running.mesh, { device, purpose: 'login' })
    return asCaller(await running.mesh.call(verify, proof))
  }
  return { userId: session.user_id, caller: asCaller(session), signIn }
}

const anAdmin = async () => {
  const user = await aUser()
  await running.mesh.call(appoint, { user_id: user.userId })
  return { ...user, caller: await user.signIn() }
}

const told = async (userId: string) =>
  (await running.mesh.published(auth.events.roleChanged)).filter(
    ({ user_id }) => user_id === userId,
  )

test('an admin says what a user may do, and that is told once', async () => {
  const { mesh } = running
  const [admin, user] = [await anAdmin(), await aUser()]
  const input = { user_id: user.userId, roles: ['analyst' as const, 'user' as const] }
  const answer = { user_id: user.userId, roles: ['user', 'analyst'] }
  expect(await mesh.call(setRoles, input, admin.caller)).toEqual(answer)
  expect(await mesh.call(setRoles, input, admin.caller)).toEqual(answer)
  expect(await told(user.userId)).toEqual([
    { ...answer, previous_roles: ['user'], changed_at: expect.any(String) },
  ])
  const { token } = await user.signIn()
  const [, payload = ''] = token.split('.')
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
    roles: ['user', 'analyst'],
  })
})

test('who is no admin may not, and who is no admin any more neither, whatever the token says', async () => {
  const { mesh } = running
  const [user, admin, other] = [await aUser(), await anAdmin(), await anAdmin()]
  const input = { user_id: user.userId, roles: ['admin' as const] }
  expect((await mesh.callFails(setRoles, input, user.caller)).code).toBe('forbidden')
  await mesh.call(setRoles, { user_id: admin.userId, roles: ['user'] }, other.caller)
  expect((await mesh.callFails(setRoles, input, admin.caller)).code).toBe('forbidden')
  expect(await told(user.userId)).toEqual([])
})

test('no admin takes the role from themselves, and of two who take it from each other one stays', async () => {
  const { mesh } = running
  const [one, other] = [await anAdmin(), await anAdmin()]
  const own = { user_id: one.userId, roles: ['user' as const] }
  expect((await mesh.callFails(setRoles, own, one.caller)).code).toBe('conflict')
  const outcomes = await Promise.allSettled([
    mesh.call(setRoles, { user_id: other.userId, roles: ['user'] }, one.caller),
    mesh.call(setRoles, { user_id: one.userId, roles: ['user'] }, other.caller),
  ])
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

test('a user who is not there is not found', async () => {
  const { caller } = await anAdmin()
  const input = { user_id: newId('user'), roles: ['user' as const] }
  expect((await running.mesh.callFails(setRoles, input, caller)).code).toBe('not_found')
})
