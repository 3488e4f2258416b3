import { auth } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toKey } from '../store/shown-key.ts'

export const getKey = handler(
  auth.procedures.getKey,
  async ({ input, caller, fail }, { database, keys }: Deps) => {
    const owned = { userId: caller.userId, publicKey: input.public_key }
    return toKey((await keys.find(database.query, owned)) ?? fail('not_found'))
  },
)
