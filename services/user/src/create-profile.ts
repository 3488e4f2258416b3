import { type InputOf, user } from '@meshboard/contracts'
import type { Tx } from '@meshboard/db'
import type { Deps } from './deps.ts'
import { normalEmail } from './domain/profile.ts'

/** Makes the profile and tells of it; does nothing when it is there. */
export const createProfile = async (
  ...[tx, asked, { profiles }]: [Tx, InputOf<typeof user.procedures.ensureProfile>, Deps]
): Promise<void> => {
  const { user_id, username, email, referral_code, created_at } = asked
  const isNew = await profiles.add(tx, {
    userId: user_id,
    username,
    email: email === undefined ? undefined : normalEmail(email),
    createdAt: new Date(created_at),
  })
  if (!isNew) return
  await tx.publish(user.events.registered, {
    user_id,
    username,
    ...(referral_code !== undefined && { referral_code }),
    created_at,
  })
}
