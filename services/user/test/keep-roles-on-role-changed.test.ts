import { type Role, auth, user } from '@meshboard/contracts'
import { expect, onTestFinished, test } from 'vitest'
import { aProfile, aUser, startUser } from './start-user.ts'

test('what a user may do is seen, the newest change of all, also before there is a profile', async () => {
  const mesh = await startUser()
  onTestFinished(() => mesh.stop())
  const { caller } = await aUser(mesh)
  const changed = (user_id: string, roles: Role[], n: number) =>
    mesh.deliver(
      auth.events.roleChanged,
      { user_id, roles, previous_roles: ['user'], changed_at: '2026-11-21T09:30:00.000Z' },
      { n },
    )

  await changed(caller.userId, ['user', 'analyst'], 2)
  await changed(caller.userId, ['user', 'admin'], 1)
  const { roles } = await mesh.call(user.procedures.get, {}, caller)
  expect(roles).toEqual(['user', 'analyst'])

  const late = await mesh.user()
  await changed(late.userId, ['admin'], 1)
  await mesh.call(user.procedures.ensureProfile, aProfile({ user_id: late.userId }))
  expect((await mesh.call(user.procedures.get, {}, late)).roles).toEqual(['admin'])
})
