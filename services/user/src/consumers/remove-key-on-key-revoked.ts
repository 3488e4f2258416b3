import { auth } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'

export const removeKeyOnKeyRevoked = consumer({
  name: 'removeKeyOnKeyRevoked',
  event: auth.events.keyRevoked,
  replayable: true,
  handle: ({ data, tx }, { publicKeys }: Deps) =>
    publicKeys.revoke(tx, {
      userId: data.user_id,
      publicKey: data.public_key,
      at: new Date(data.revoked_at),
    }),
})
