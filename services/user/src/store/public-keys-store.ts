import type { Tx } from '@meshboard/db'

interface KeyChange {
  userId: string
  publicKey: string
  at: Date
}

/**
 * Every change of the table `public_keys`. A key is one account's and stays revoked for ever, so the
 * order in which its two events come does not matter.
 */
export const publicKeysStore = {
  add: (tx: Tx, change: KeyChange): Promise<void> => note(tx, 'added_at', change),
  revoke: (tx: Tx, change: KeyChange): Promise<void> => note(tx, 'revoked_at', change),
}

const note = async (
  ...[tx, column, { userId, publicKey, at }]: [Tx, 'added_at' | 'revoked_at', KeyChange]
): Promise<void> => {
  await tx('public_keys')
    .insert({ user_id: userId, public_key: publicKey, [column]: at })
    .onConflict('public_key')
    .merge([column])
}
