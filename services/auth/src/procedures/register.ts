import { type Role, auth, failure } from '@meshboard/contracts'
import { type StatefulContext, type Tx, handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { emailHash } from '../domain/email-hash.ts'
import { proofOfAnswer } from '../domain/proofs.ts'
import { type Registration, registrationOf } from '../domain/registration.ts'
import { offerProfile } from '../offer-profile.ts'

const FIRST_ROLES: readonly Role[] = ['user']

type Context = StatefulContext<typeof auth.procedures.register>

/** Who registers with a password and a key proves the key before the password is hashed. */
export const register = handler(auth.procedures.register, async (context, deps: Deps) => {
  const { input, fail, signal, transaction } = context
  const asked = registrationOf(input)
  if ('fields' in asked) throw failure('invalid', { fields: asked.fields })
  const { login, key } = asked
  const at = new Date()
  const terms = { ...deps.challenges, purpose: 'register', now: at } as const
  const proof = key && (proofOfAnswer(key, terms) ?? fail('invalid_signature'))
  const password = login && (await deps.passwords.hash(login.password, signal))

  const made = await transaction(async (tx) => {
    if (proof && !(await deps.usedProofs.use(tx, proof))) return fail('invalid_signature')
    if (key && (await deps.keys.has(tx, key.public_key))) return fail('conflict', TAKEN.public_key)
    const userId = await addAccount({ tx, context, deps }, { ...asked, password, at })
    const keyId = key && (await addKey({ tx, context, deps }, { userId, key, at }))
    const visit = { userId, roles: FIRST_ROLES, ...(keyId !== undefined && { keyId }), at }
    return { ...(await deps.renewableSessions.open(tx, visit)), username: asked.username }
  })
  await offerProfile({ userId: made.user_id, ...asked, email: login?.email, at }, context, deps)
  return made
})

interface Making {
  tx: Tx
  context: Context
  deps: Deps
}

type NewAccount = Registration & { password: string | undefined; at: Date }

const addAccount = async ({ tx, context, deps }: Making, asked: NewAccount): Promise<string> => {
  const { username, login, referralCode, password, at } = asked
  const emailHashes = login ? deps.peppers.map((pepper) => emailHash(pepper, login.email)) : []
  const account = { username, roles: FIRST_ROLES, emailHash: emailHashes[0], password, at }
  const refuse = async () => {
    const taken = await deps.accounts.findTaken(tx, { username, emailHashes })
    return taken && context.fail('conflict', TAKEN[taken])
  }
  await refuse()
  const userId = (await deps.accounts.add(tx, account)) ?? (await refuse())
  if (userId === undefined) return context.fail('conflict')
  const email = login?.email
  await deps.pendingProfiles.add(tx, { userId, username, email, referralCode, at })
  const created_at = at.toISOString()
  await tx.publish(auth.events.accountCreated, { user_id: userId, username, created_at })
  return userId
}

type NewKey = Pick<Required<Registration>, 'key'> & { userId: string; at: Date }

const addKey = async ({ tx, context, deps }: Making, { userId, key, at }: NewKey) => {
  const { public_key: publicKey, label } = key
  const added = await deps.keys.add(tx, { userId, publicKey, label, at, usedAt: at })
  if (!added) return context.fail('conflict', TAKEN.public_key)
  await tx.publish(auth.events.keyAdded, {
    user_id: userId,
    public_key: publicKey,
    created_at: at.toISOString(),
  })
  return added.id
}

const TAKEN = {
  username: { message: 'This name is taken.', details: { field: 'username' } },
  email: { message: 'This e-mail address is registered already.', details: { field: 'email' } },
  public_key: {
    message: 'This key is registered already; sign in with it.',
    details: { field: 'public_key' },
  },
}
