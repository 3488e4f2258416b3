import { z } from 'zod'
import { procedure } from './define.ts'
import { failures } from './failure.ts'
import { ROLES } from './token.ts'
import { UserId } from './values.ts'

const Roles = z.array(z.enum(ROLES)).min(1).max(ROLES.length)

export const setRoles = procedure({
  name: 'auth.setRoles',
  summary: 'Says what an account may do; no admin takes that role from themselves.',
  access: 'admin',
  http: 'PUT /api/admin/users/{user_id}/roles',
  idempotent: true,
  timeoutMs: 3_000,
  input: z.object({ user_id: UserId, roles: Roles }),
  output: z.object({ user_id: UserId, roles: Roles }),
  failures: failures('not_found', 'conflict'),
})

export const appoint = procedure({
  name: 'auth.appoint',
  summary: 'For who runs the mesh: makes an account an admin, the first one above all.',
  access: 'service',
  idempotent: true,
  timeoutMs: 3_000,
  input: z.object({ user_id: UserId }),
  output: z.object({ user_id: UserId, roles: Roles }),
  failures: failures('not_found'),
})
