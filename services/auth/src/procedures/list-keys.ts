import { auth } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toKey } from '../store/shown-key.ts'

export const listKeys = handler(
  auth.procedures.listKeys,
  async ({ caller }, { database, keys }: Deps) => ({
    keys: (await keys.list(database.query, caller.userId)).map(toKey),
  }),
)
