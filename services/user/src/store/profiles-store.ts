import type { Queryable, Tx } from '@meshboard/db'
import type { Changeable } from '../domain/changes.ts'
import type { Profile } from '../domain/profile.ts'

interface NewProfile {
  userId: string
  username: string
  email: string | undefined
  createdAt: Date
}

interface Rows<Row> {
  rows: Row[]
}

/** Every statement about the table `profiles`. */
export const profilesStore = {
  /** Whether it is new. */
  async add(tx: Tx, { userId, username, email, createdAt }: NewProfile): Promise<boolean> {
    const added = await tx('profiles')
      .insert({
        user_id: userId,
        username,
        email,
        created_at: createdAt,
        updated_at: createdAt,
      })
      .onConflict('user_id')
      .ignore()
      .returning('user_id')
    return added.length > 0
  },

  /** With the keys, in the order they were added, the roles of now and the last activity. */
  async find(query: Queryable, userId: string): Promise<Profile | undefined> {
    const { rows } = await query.raw<Rows<Profile>>(
      `select profiles.user_id as "userId", username, email, description, preferences,
         coalesce(roles.roles, profiles.roles) as roles,
         is_verified as "isVerified", created_at as "createdAt", updated_at as "updatedAt",
         last_active as "lastActive",
         array(select public_key from public_keys
           where user_id = profiles.user_id and added_at is not null and revoked_at is null
           order by added_at, public_key) as "publicKeys"
       from profiles left join activity on activity.user_id = profiles.user_id
         left join roles on roles.user_id = profiles.user_id
       where profiles.user_id = ?`,
      [userId],
    )
    return rows[0]
  },

  /** What the user can change, which nobody else changes until the transaction ends. */
  lock: (tx: Tx, userId: string): Promise<Changeable | undefined> =>
    tx('profiles')
      .where({ user_id: userId })
      .forUpdate()
      .first<Changeable | undefined>('description', 'preferences'),

  async change(
    tx: Tx,
    { userId, at, ...changes }: Partial<Changeable> & { userId: string; at: Date },
  ): Promise<void> {
    await tx('profiles')
      .where({ user_id: userId })
      .update({ ...changes, updated_at: at })
  },
}
