import type { Role } from '@meshboard/contracts'
import type { Tx } from '@meshboard/db'

/** Every statement about the table `roles`. */
export const rolesStore = {
  /** Keeps what change `n` of a user's roles made of them, unless a newer one is known. */
  async keep(
    tx: Tx,
    { userId, roles, n }: { userId: string; roles: readonly Role[]; n: number },
  ): Promise<void> {
    await tx.raw(
      `insert into roles as known (user_id, roles, n) values (?, ?, ?)
       on conflict (user_id) do update set roles = excluded.roles, n = excluded.n
         where known.n < excluded.n`,
      [userId, [...roles], n],
    )
  },
}
