import { user } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toUser } from '../domain/profile.ts'

export const get = handler(
  user.procedures.get,
  async ({ caller, fail }, { database, profiles }: Deps) =>
    toUser((await profiles.find(database.query, caller.userId)) ?? fail('not_found')),
)
