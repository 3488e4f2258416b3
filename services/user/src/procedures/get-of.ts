import { user } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toUser } from '../domain/profile.ts'

export const getOf = handler(
  user.procedures.getOf,
  async ({ input, caller, fail }, { database, profiles }: Deps) => {
    const userId = input.user_id
    if (userId !== caller.userId && !caller.roles.includes('admin')) return fail('not_found')
    return toUser((await profiles.find(database.query, userId)) ?? fail('not_found'))
  },
)
