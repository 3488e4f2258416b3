import type { Role } from '@meshboard/contracts'
import type { Queryable, Tx } from '@meshboard/db'
import { newId } from '@meshboard/kit'

/** A registered key. */
export interface StoredKey {
  readonly id: string
  readonly user_id: string
  readonly public_key: string
  readonly label: string | null
  readonly created_at: Date
  readonly last_used_at: Date | null
  readonly revoked_at: Date | null
}

/** Who signs in with a key. */
interface KeyHolder {
  readonly keyId: string
  readonly userId: string
  readonly roles: readonly Role[]
}

/** A key by its account. */
interface Owned {
  readonly userId: string
  readonly publicKey: string
}

interface NewKey extends Owned {
  label: string | undefined
  at: Date
  /** When it signed in; not yet, for one that was only added. */
  usedAt?: Date
}

/** Every statement about the table `keys`. A revoked key keeps its row for ever. */
export const keysStore = {
  /** The new key; nothing when an account has it already. */
  async add(
    tx: Tx,
    { userId, publicKey, label, at, usedAt }: NewKey,
  ): Promise<StoredKey | undefined> {
    const added = await tx('keys')
      .insert({
        id: newId('key'),
        user_id: userId,
        public_key: publicKey,
        label,
        created_at: at,
        last_used_at: usedAt,
      })
      .onConflict()
      .ignore()
      .returning<StoredKey[]>('*')
    return added[0]
  },

  async has(tx: Tx, publicKey: string): Promise<boolean> {
    const found = await tx('keys').where({ public_key: publicKey }).first('id')
    return found !== undefined
  },

  /** Who holds the key, which is marked as used; nothing when nobody does or it was revoked. */
  async use(tx: Tx, { publicKey, at }: { publicKey: string; at: Date }) {
    const { rows } = await tx.raw<{ rows: KeyHolder[] }>(
      `update keys set last_used_at = ? from accounts
       where accounts.id = keys.user_id and keys.public_key = ? and keys.revoked_at is null
       returning keys.id as "keyId", accounts.id as "userId", accounts.roles`,
      [at, publicKey],
    )
    return rows[0]
  },

  find: (query: Queryable, { userId, publicKey }: Owned): Promise<StoredKey | undefined> =>
    query('keys').where({ user_id: userId, public_key: publicKey }).first<StoredKey | undefined>(),

  /** An account's keys, the newest first. */
  list: (query: Queryable, userId: string): Promise<StoredKey[]> =>
    query<StoredKey>('keys')
      .where({ user_id: userId })
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ]),

  async revoke(tx: Tx, { id, at }: { id: string; at: Date }): Promise<void> {
    await tx('keys').where({ id }).update({ revoked_at: at })
  },
}
