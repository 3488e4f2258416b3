import { auth } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'

export const getPendingProfile = handler(
  auth.procedures.getPendingProfile,
  async ({ input, fail }, { database, pendingProfiles }: Deps) => {
    const found = await pendingProfiles.find(database.query, input.user_id)
    const { username, email, referral_code } = found ?? fail('not_found')
    return {
      username,
      ...(email !== null && { email }),
      ...(referral_code !== null && { referral_code }),
    }
  },
)
