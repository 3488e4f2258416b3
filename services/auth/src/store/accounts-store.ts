import type { Role } from '@meshboard/contracts'
import type { Queryable, Tx } from '@meshboard/db'
import { newId } from '@meshboard/kit'

/** What an account is found by to sign in with a password. */
export type AccountName =
  | { readonly username: string }
  /** The address under each pepper; it is kept under one of them. */
  | { readonly emailHashes: readonly Buffer[] }

interface Account {
  readonly userId: string
  readonly roles: readonly Role[]
  /** Its password as it is stored, if it has one. */
  readonly password: string | null
}

interface NewAccount {
  username: string
  roles: readonly Role[]
  emailHash?: Buffer | undefined
  password?: string | undefined
  at: Date
}

const FOUND = ['id as userId', 'roles', 'password'] as const

/** Every statement about the table `accounts`. */
export const accountsStore = {
  /** The new account's id; nothing when somebody has that name, in whatever case, or that address. */
  async add(tx: Tx, account: NewAccount): Promise<string | undefined> {
    const { username, roles, emailHash, password, at } = account
    const added = await tx('accounts')
      .insert({
        id: newId('user'),
        username,
        roles,
        email_hash: emailHash,
        password,
        created_at: at,
      })
      .onConflict()
      .ignore()
      .returning<{ id: string }[]>('id')
    return added[0]?.id
  },

  /** Which of both an account has already. */
  async findTaken(
    tx: Tx,
    { username, emailHashes }: { username: string; emailHashes: readonly Buffer[] },
  ): Promise<'username' | 'email' | undefined> {
    if (await find(tx, { username })) return 'username'
    return (await find(tx, { emailHashes })) && 'email'
  },

  find: (query: Queryable, name: AccountName): Promise<Account | undefined> => find(query, name),

  async exists(query: Queryable, userId: string): Promise<boolean> {
    return (await query('accounts').where({ id: userId }).first('id')) !== undefined
  },

  /** The account, whose credentials nobody else changes until the transaction ends. */
  lock: (tx: Tx, userId: string): Promise<Account | undefined> =>
    tx('accounts')
      .where({ id: userId })
      .forUpdate()
      .first<Account | undefined>(...FOUND),

  async setRoles(tx: Tx, { userId, roles }: Pick<Account, 'userId' | 'roles'>) {
    await tx('accounts').where({ id: userId }).update({ roles })
  },

  async setPassword(tx: Tx, { userId, password }: { userId: string; password: string }) {
    await tx('accounts').where({ id: userId }).update({ password })
  },

  /** Has the account be found by this hash, unless another one is. */
  async setEmailHash(tx: Tx, { userId, emailHash }: { userId: string; emailHash: Buffer }) {
    await tx('accounts')
      .where({ id: userId })
      .whereNotExists(tx('accounts').where({ email_hash: emailHash }))
      .update({ email_hash: emailHash })
  },
}

const find = (query: Queryable, name: AccountName): Promise<Account | undefined> => {
  const accounts = query('accounts').first<Account | undefined>(...FOUND)
  return 'username' in name
    ? accounts.whereRaw('lower(username) = lower(?)', [name.username])
    : accounts.whereIn('email_hash', [...name.emailHashes])
}
