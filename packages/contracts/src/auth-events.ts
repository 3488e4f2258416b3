import { z } from 'zod'
import { event } from './define.ts'
import { ROLES } from './token.ts'
import { PublicKey, SessionId, Timestamp, UserId, Username } from './values.ts'

export const accountCreated = event({
  name: 'auth.accountCreated',
  summary: 'An account came to be.',
  topic: 'accounts',
  key: 'user_id',
  data: z.object({ user_id: UserId, username: Username, created_at: Timestamp }),
  keepDays: 30,
})

export const keyAdded = event({
  name: 'auth.keyAdded',
  summary: 'A key was registered for an account.',
  topic: 'keys',
  key: 'user_id',
  data: z.object({ user_id: UserId, public_key: PublicKey, created_at: Timestamp }),
  keepDays: 30,
})

export const keyRevoked = event({
  name: 'auth.keyRevoked',
  summary: 'A key was revoked.',
  topic: 'keys',
  key: 'user_id',
  data: z.object({ user_id: UserId, public_key: PublicKey, revoked_at: Timestamp }),
  keepDays: 30,
})

export const sessionRevoked = event({
  name: 'auth.sessionRevoked',
  summary: 'A session was ended before its time.',
  topic: 'revocations',
  key: 'user_id',
  filters: ['session_id'],
  data: z.object({
    user_id: UserId,
    session_id: SessionId,
    reason: z.enum(['logout', 'token_reuse', 'key_revoked']),
    revoked_at: Timestamp,
  }),
  keepDays: 30,
})

export const roleChanged = event({
  name: 'auth.roleChanged',
  summary: 'What an account may do changed; its tokens say so from their next renewal on.',
  topic: 'roles',
  key: 'user_id',
  data: z.object({
    user_id: UserId,
    roles: z.array(z.enum(ROLES)),
    previous_roles: z.array(z.enum(ROLES)),
    changed_at: Timestamp,
  }),
  keepDays: 30,
})

export const sessionOpened = event({
  name: 'auth.sessionOpened',
  summary: 'Somebody signed in.',
  topic: 'sessions',
  key: 'user_id',
  data: z.object({ user_id: UserId, session_id: SessionId, opened_at: Timestamp }),
  keepDays: 30,
})
