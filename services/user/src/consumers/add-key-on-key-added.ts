import { auth } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'

export const addKeyOnKeyAdded = consumer({
  name: 'addKeyOnKeyAdded',
  event: auth.events.keyAdded,
  replayable: true,
  handle: ({ data, tx }, { publicKeys }: Deps) =>
    publicKeys.add(tx, {
      userId: data.user_id,
      publicKey: data.public_key,
      at: new Date(data.created_at),
    }),
})
