import type { OutputOf, Role, user } from '@meshboard/contracts'

/** A user, as everything about them is kept. */
export interface Profile {
  readonly userId: string
  readonly username: string
  readonly email: string | null
  readonly publicKeys: readonly string[]
  readonly roles: readonly Role[]
  readonly description: string
  readonly preferences: Readonly<Record<string, string>>
  readonly isVerified: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly lastActive: Date | null
}

/** The address as it is kept and compared. */
export const normalEmail = (email: string): string => email.normalize('NFC').toLowerCase()

/** A user, as the contract has them. */
export const toUser = (profile: Profile): OutputOf<typeof user.procedures.get> => ({
  id: profile.userId,
  username: profile.username,
  ...(profile.email !== null && { email: profile.email }),
  public_keys: [...profile.publicKeys],
  roles: [...profile.roles],
  description: profile.description,
  preferences: { ...profile.preferences },
  is_verified: profile.isVerified,
  created_at: profile.createdAt.toISOString(),
  updated_at: profile.updatedAt.toISOString(),
  ...(profile.lastActive && { last_active: profile.lastActive.toISOString() }),
})
