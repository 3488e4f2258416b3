import { type InputOf, auth, failure } from '@meshboard/contracts'
import { type StatefulContext, type Tx, handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { emailHash } from '../domain/email-hash.ts'
import type { Peppers } from '../peppers.ts'
import type { AccountName } from '../store/accounts-store.ts'

type Context = StatefulContext<typeof auth.procedures.login>

/** An unknown account costs as much as a wrong password, and gets the same answer. */
export const login = handler(auth.procedures.login, async (context, deps: Deps) => {
  const name = nameOf(context.input, deps.peppers)
  const session = (await signIn(context, name, deps)) ?? (await signIn(context, name, deps))
  return session ?? context.fail('invalid_credentials')
})

const nameOf = (
  { email, username }: InputOf<typeof auth.procedures.login>,
  peppers: Peppers,
): AccountName => {
  if (email !== undefined && username === undefined)
    return { emailHashes: peppers.map((pepper) => emailHash(pepper, email)) }
  if (email === undefined && username !== undefined) return { username }
  throw failure('invalid', { fields: { email: ['Give either email or username.'] } })
}

/** Nothing when the stored password changed meanwhile, as it does when another login raises it. */
const signIn = async (...[context, name, deps]: [Context, AccountName, Deps]) => {
  const { input, fail, signal } = context
  const { accounts, database, passwords, renewableSessions } = deps
  const password = input.password.normalize('NFC')
  const account = await accounts.find(database.query, name)
  const stored = account?.password ?? null
  const verdict = await passwords.verify({ password, stored }, signal)
  if (!account || verdict === 'wrong') return fail('invalid_credentials')
  const raised = verdict === 'outdated' ? await passwords.hash(password, signal) : undefined

  const { userId } = account
  const at = new Date()
  return database.transaction(async (tx) => {
    const locked = await accounts.lock(tx, userId)
    if (locked?.password !== stored) return undefined
    if (raised !== undefined) await accounts.setPassword(tx, { userId, password: raised })
    await keepFirstHash(tx, { name, userId, accounts })
    return renewableSessions.open(tx, { userId, roles: locked.roles, at })
  })
}

/** An address that was found under an older pepper is found under the first one from now on. */
const keepFirstHash = async (
  tx: Tx,
  { name, userId, accounts }: { name: AccountName; userId: string; accounts: Deps['accounts'] },
): Promise<void> => {
  if ('username' in name || name.emailHashes.length < 2) return
  const [hash] = name.emailHashes
  if (hash) await accounts.setEmailHash(tx, { userId, emailHash: hash })
}
