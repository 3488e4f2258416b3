import { user } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import { createProfile } from '../create-profile.ts'
import type { Deps } from '../deps.ts'

export const ensureProfile = handler(
  user.procedures.ensureProfile,
  async ({ input, transaction }, deps: Deps) =>
    transaction(async (tx) => {
      await createProfile(tx, input, deps)
      return { user_id: input.user_id }
    }),
)
