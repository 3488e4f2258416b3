import { auth, user } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { expect, onTestFinished, test } from 'vitest'
import { aProfile, aUser, startUser } from './start-user.ts'

test('signing in is seen, the latest of all, also before there is a profile', async () => {
  const mesh = await startUser()
  onTestFinished(() => mesh.stop())
  const { caller } = await aUser(mesh)
  const opened = (user_id: string, opened_at: string) =>
    mesh.deliver(auth.events.sessionOpened, { user_id, session_id: newId('session'), opened_at })
  const [earlier, later] = ['2026-11-21T09:30:00.000Z', '2026-11-21T09:31:00.000Z']

  await opened(caller.userId, later)
  await opened(caller.userId, earlier)
  expect((await mesh.call(user.procedures.get, {}, caller)).last_active).toBe(later)

  const late = await mesh.user()
  await opened(late.userId, earlier)
  await mesh.call(user.procedures.ensureProfile, aProfile({ user_id: late.userId }))
  expect((await mesh.call(user.procedures.get, {}, late)).last_active).toBe(earlier)
})
