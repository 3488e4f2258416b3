import type { OutputOf, auth } from '@meshboard/contracts'
import type { StoredKey } from './keys-store.ts'

/** A key as the contract has it. */
export const toKey = (key: StoredKey): OutputOf<typeof auth.procedures.getKey> => ({
  user_id: key.user_id,
  public_key: key.public_key,
  ...(key.label !== null && { label: key.label }),
  created_at: key.created_at.toISOString(),
  ...(key.last_used_at && { last_used_at: key.last_used_at.toISOString() }),
  revoked: key.revoked_at !== null,
})
