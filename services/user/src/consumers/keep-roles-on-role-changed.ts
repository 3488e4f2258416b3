import { auth } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'

export const keepRolesOnRoleChanged = consumer({
  name: 'keepRolesOnRoleChanged',
  event: auth.events.roleChanged,
  replayable: true,
  handle: ({ data, n, tx }, { roles }: Deps) =>
    roles.keep(tx, { userId: data.user_id, roles: data.roles, n }),
})
