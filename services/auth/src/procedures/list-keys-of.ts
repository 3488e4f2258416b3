import { auth } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toKey } from '../store/shown-key.ts'

export const listKeysOf = handler(
  auth.procedures.listKeysOf,
  async ({ input, caller, fail }, { database, accounts, keys }: Deps) => {
    const userId = input.user_id
    if (userId !== caller.userId && !caller.roles.includes('admin')) return fail('not_found')
    if (!(await accounts.exists(database.query, userId))) return fail('not_found')
    return { keys: (await keys.list(database.query, userId)).map(toKey) }
  },
)
