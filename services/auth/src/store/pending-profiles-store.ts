import type { Queryable, Tx } from '@meshboard/db'

/** What a new account's profile begins with. */
interface PendingProfile {
  readonly username: string
  readonly email: string | null
  readonly referral_code: string | null
}

interface NewPendingProfile {
  userId: string
  username: string
  email: string | undefined
  referralCode: string | undefined
  at: Date
}

/** Every statement about the table `pending_profiles`: what user has yet to take over. */
export const pendingProfilesStore = {
  async add(tx: Tx, profile: NewPendingProfile): Promise<void> {
    const { userId, username, email, referralCode, at } = profile
    await tx('pending_profiles').insert({
      user_id: userId,
      username,
      email,
      referral_code: referralCode,
      created_at: at,
    })
  },

  find: (query: Queryable, userId: string): Promise<PendingProfile | undefined> =>
    query('pending_profiles')
      .where({ user_id: userId })
      .first<PendingProfile | undefined>('username', 'email', 'referral_code'),

  async remove(tx: Tx, userId: string): Promise<void> {
    await tx('pending_profiles').where({ user_id: userId }).delete()
  },
}
