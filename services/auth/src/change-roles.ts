import { type Role, auth } from '@meshboard/contracts'
import type { Tx } from '@meshboard/db'
import type { Deps } from './deps.ts'

interface Change {
  userId: string
  previous: readonly Role[]
  roles: readonly Role[]
}

/** Changes what a locked account may do, and tells of it; does nothing when it may just that already. */
export const changeRoles = async (
  ...[tx, { userId, previous, roles }, { accounts }]: [Tx, Change, Pick<Deps, 'accounts'>]
): Promise<void> => {
  if (roles.length === previous.length && roles.every((role) => previous.includes(role))) return
  await accounts.setRoles(tx, { userId, roles })
  await tx.publish(auth.events.roleChanged, {
    user_id: userId,
    roles: [...roles],
    previous_roles: [...previous],
    changed_at: new Date().toISOString(),
  })
}
