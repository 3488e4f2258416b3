import { failure, user } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { changesOf } from '../domain/changes.ts'
import { toUser } from '../domain/profile.ts'

export const update = handler(
  user.procedures.update,
  async ({ input, caller, fail, transaction }, { profiles, limits }: Deps) => {
    const { userId } = caller
    const { preferencesMax } = limits
    if (Object.keys(input.preferences ?? {}).length > preferencesMax)
      throw failure('invalid', { fields: { preferences: [`At most ${preferencesMax} settings.`] } })
    const at = new Date()

    return transaction(async (tx) => {
      const present = (await profiles.lock(tx, userId)) ?? fail('not_found')
      const changes = changesOf(present, input)
      const fields = Object.keys(changes)
      if (fields.length > 0) {
        await profiles.change(tx, { ...changes, userId, at })
        const changed_at = at.toISOString()
        await tx.publish(user.events.profileChanged, { user_id: userId, fields, changed_at })
      }
      return toUser((await profiles.find(tx, userId)) ?? fail('not_found'))
    })
  },
)
