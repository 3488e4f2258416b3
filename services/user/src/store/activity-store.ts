import type { Tx } from '@meshboard/db'

/** Every change of the table `activity`. */
export const activityStore = {
  /** Events may come late: the latest moment stays. */
  async touch(tx: Tx, { userId, at }: { userId: string; at: Date }): Promise<void> {
    await tx.raw(
      `insert into activity as known (user_id, last_active) values (?, ?)
       on conflict (user_id) do update
         set last_active = greatest(known.last_active, excluded.last_active)`,
      [userId, at],
    )
  },
}
