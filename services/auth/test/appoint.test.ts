import { auth } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDevice, register } from './device.ts'
import { type AuthMesh, startAuth } from './start-auth.ts'

let running: AuthMesh
beforeAll(async () => {
  running = await startAuth()
})
afterAll(() => running.stop())

const { appoint } = auth.procedures

test('who runs the mesh makes an account an admin, which keeps what it was and is told once', async () => {
  const { mesh } = running
  const { user_id } = await register(mesh, createDevice())
  const answer = { user_id, roles: ['user', 'admin'] }
  expect(await mesh.call(appoint, { user_id })).toEqual(answer)
  expect(await mesh.call(appoint, { user_id })).toEqual(answer)
  const events = await mesh.published(auth.events.roleChanged)
  expect(events).toMatchObject([{ ...answer, previous_roles: ['user'] }])
  expect((await mesh.callFails(appoint, { user_id: newId('user') })).code).toBe('not_found')
})
