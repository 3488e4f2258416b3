import { auth, user } from '@meshboard/contracts'
import { expect, onTestFinished, test } from 'vitest'
import { aUser, startUser } from './start-user.ts'

test('a revoked key is not shown any more, in whatever order its events come', async () => {
  const mesh = await startUser()
  onTestFinished(() => mesh.stop())
  const { caller } = await aUser(mesh)
  const user_id = caller.userId
  const at = '2026-11-21T09:30:00.000Z'
  const added = (public_key: string) =>
    mesh.deliver(auth.events.keyAdded, { user_id, public_key, created_at: at })
  const revoked = (public_key: string) =>
    mesh.deliver(auth.events.keyRevoked, { user_id, public_key, revoked_at: at })
  const shown = async () => (await mesh.call(user.procedures.get, {}, caller)).public_keys
  const [one, two] = ['ab'.repeat(32), 'cd'.repeat(32)]

  await added(one)
  await revoked(two)
  await added(two)
  expect(await shown()).toEqual([one])
  await revoked(one)
  await added(one)
  expect(await shown()).toEqual([])
})
