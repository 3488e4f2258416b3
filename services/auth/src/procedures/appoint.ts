import { ROLES, auth } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import { changeRoles } from '../change-roles.ts'
import type { Deps } from '../deps.ts'

export const appoint = handler(
  auth.procedures.appoint,
  ({ input, fail, transaction }, deps: Deps) =>
    transaction(async (tx) => {
      const { user_id: userId } = input
      const account = (await deps.accounts.lock(tx, userId)) ?? fail('not_found')
      const roles = ROLES.filter((role) => role === 'admin' || account.roles.includes(role))
      await changeRoles(tx, { userId, previous: account.roles, roles }, deps)
      return { user_id: userId, roles }
    }),
)
