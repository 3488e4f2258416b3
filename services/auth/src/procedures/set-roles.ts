import { ROLES, auth, failure } from '@meshboard/contracts'
import { type Tx, handler } from '@meshboard/db'
import { changeRoles } from '../change-roles.ts'
import type { Deps } from '../deps.ts'

/** The caller's token may be older than their account: what counts is the account as it is now. */
export const setRoles = handler(
  auth.procedures.setRoles,
  ({ input, caller, fail, transaction }, deps: Deps) => {
    const { user_id: userId } = input
    const roles = ROLES.filter((role) => input.roles.includes(role))
    return transaction(async (tx) => {
      const { admin, account } = await lockBoth(tx, { adminId: caller.userId, userId }, deps)
      if (!admin?.roles.includes('admin')) throw failure('forbidden')
      if (!account) return fail('not_found')
      if (userId === caller.userId && !roles.includes('admin'))
        return fail('conflict', { message: 'Another admin has to take that role from you.' })
      await changeRoles(tx, { userId, previous: account.roles, roles }, deps)
      return { user_id: userId, roles }
    })
  },
)

/** In sorted order, so that two admins who change each other do not wait crosswise. */
const lockBoth = async (
  ...[tx, { adminId, userId }, { accounts }]: [Tx, { adminId: string; userId: string }, Deps]
) => {
  const ids = [...new Set([adminId, userId])].toSorted()
  const locked = new Map<string, Awaited<ReturnType<typeof accounts.lock>>>()
  for (const id of ids) locked.set(id, await accounts.lock(tx, id))
  return { admin: locked.get(adminId), account: locked.get(userId) }
}
