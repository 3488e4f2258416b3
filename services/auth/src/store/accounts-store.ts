import type { Role } from '@meshboard/contracts'
import type { Tx } from '@meshboard/db'
import { newId } from '@meshboard/kit'

/** Who signs in with a key. */
interface KeyHolder {
  readonly keyId: string
  readonly userId: string
  readonly roles: readonly Role[]
}

/** Accounts and the keys that sign in to them. */
export const accountsStore = {
  /** The new account's id; nothing when somebody has that name, in whatever case. */
  async add(
    tx: Tx,
    account: { username: string; roles: readonly Role[]; at: Date },
  ): Promise<string | undefined> {
    const { username, roles, at } = account
    const added = await tx('accounts')
      .insert({ id: newId('user'), username, roles, created_at: at })
      .onConflict()
      .ignore()
      .returning<{ id: string }[]>('id')
    return added[0]?.id
  },

  /** The new key's id; nothing when an account has it already. */
  async addKey(
    tx: Tx,
    key: { userId: string; publicKey: string; label: string | undefined; at: Date },
  ): Promise<string | undefined> {
    const { userId, publicKey, label, at } = key
    const added = await tx('keys')
      .insert({
        id: newId('key'),
        user_id: userId,
        public_key: publicKey,
        label,
        created_at: at,
        last_used_at: at,
      })
      .onConflict()
      .ignore()
      .returning<{ id: string }[]>('id')
    return added[0]?.id
  },

  async hasKey(tx: Tx, publicKey: string): Promise<boolean> {
    const found = await tx('keys').where({ public_key: publicKey }).first('id')
    return found !== undefined
  },

  /** Who holds the key, which is marked as used; nothing when nobody does or it was revoked. */
  async useKey(tx: Tx, { publicKey, at }: { publicKey: string; at: Date }) {
    const { rows } = await tx.raw<{ rows: KeyHolder[] }>(
      `update keys set last_used_at = ? from accounts
       where accounts.id = keys.user_id and keys.public_key = ? and keys.revoked_at is null
       returning keys.id as "keyId", accounts.id as "userId", accounts.roles`,
      [at, publicKey],
    )
    return rows[0]
  },
}
