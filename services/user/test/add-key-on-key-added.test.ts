import { auth, user } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { expect, onTestFinished, test } from 'vitest'
import { aProfile, startUser } from './start-user.ts'

test('keys are shown in the order they were added, each once, also those that came first', async () => {
  const mesh = await startUser()
  onTestFinished(() => mesh.stop())
  const caller = await mesh.user()
  const user_id = caller.userId
  const [one, two] = ['ab'.repeat(32), 'aa'.repeat(32)]
  const added = (public_key: string, created_at: string) => ({ user_id, public_key, created_at })
  const first = added(one, '2026-11-21T09:30:00.000Z')

  const id = await mesh.deliver(auth.events.keyAdded, first)
  await mesh.call(user.procedures.ensureProfile, aProfile({ user_id }))
  await mesh.deliver(auth.events.keyAdded, added(two, '2026-11-21T09:31:00.000Z'))
  await mesh.deliver(auth.events.keyAdded, first, { id, again: true })
  const others = { ...first, user_id: newId('user'), public_key: 'cd'.repeat(32) }
  await mesh.deliver(auth.events.keyAdded, others)
  expect((await mesh.call(user.procedures.get, {}, caller)).public_keys).toEqual([one, two])
})
