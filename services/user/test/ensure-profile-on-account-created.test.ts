import { HEADERS, type OutputOf, auth, failure, rpcSubjects, user } from '@meshboard/contracts'
import { decodeJson, encodeJson, newId } from '@meshboard/kit'
import { type TestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aProfile, startUser } from './start-user.ts'

type Pending = OutputOf<typeof auth.procedures.getPendingProfile>

/** What auth would say of these users, once it is there. */
const pending = new Map<string, Pending>()

let mesh: TestMesh
let standIn: { stop(): Promise<void> } | undefined
const startAuthStandIn = async () => {
  const broker = await mesh.brokerOf('auth')
  standIn = await broker.serve(rpcSubjects('auth'), 'auth', ({ data, reply }) => {
    if (reply === undefined) return
    const found = pending.get((decodeJson(data) as { user_id: string }).user_id)
    if (found) return broker.publish(reply, encodeJson(found))
    const refused = failure('not_found').toEnvelope('0')
    broker.publish(reply, encodeJson(refused), { [HEADERS.failure]: refused.code })
  })
}
beforeAll(async () => {
  mesh = await startUser()
})
afterAll(async () => {
  await standIn?.stop()
  await mesh.stop()
})

const anAccount = () => {
  const [user_id, username] = [newId('user'), `u${newId('user').slice(-24)}`]
  return { user_id, username, created_at: new Date().toISOString() }
}
const registeredOf = async (id: string) =>
  (await mesh.published(user.events.registered)).filter(({ user_id }) => user_id === id)
const { ensureProfile, getContact } = user.procedures

test('a profile is made once auth can be asked', async () => {
  const account = anAccount()
  const { user_id, username } = account
  pending.set(user_id, { username, email: 'Ann@Example.org', referral_code: 'BOB-7K3Q' })
  const delivered = mesh.deliver(auth.events.accountCreated, account)
  await until(async () => (await mesh.callFails(getContact, { user_id })).code === 'not_found')
  await startAuthStandIn()
  await delivered
  const contact = { username, email: 'ann@example.org' }
  expect(await mesh.call(getContact, { user_id })).toEqual(contact)
  expect(await registeredOf(user_id)).toEqual([{ ...account, referral_code: 'BOB-7K3Q' }])
})

test('an account told of twice has one profile', async () => {
  const account = anAccount()
  const id = await mesh.deliver(auth.events.accountCreated, account)
  await mesh.deliver(auth.events.accountCreated, account, { id, again: true })
  expect(await registeredOf(account.user_id)).toEqual([account])
})

test('a profile that auth has brought already stays as it is', async () => {
  const account = anAccount()
  await mesh.call(ensureProfile, aProfile({ ...account, email: 'ann@example.org' }))
  await mesh.deliver(auth.events.accountCreated, account)
  const { email } = await mesh.call(getContact, { user_id: account.user_id })
  expect(email).toBe('ann@example.org')
  expect(await registeredOf(account.user_id)).toHaveLength(1)
})
