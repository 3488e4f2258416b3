import { z } from 'zod'
import { contract, event, procedure } from './define.ts'
import { failures } from './failure.ts'
import { ROLES } from './token.ts'
import { Email, Label, PublicKey, ReferralCode, Timestamp, UserId, Username } from './values.ts'

/** A user, as they see themselves. */
export const User = z.object({
  id: UserId,
  username: Username,
  email: Email.optional(),
  public_keys: z.array(PublicKey),
  roles: z.array(z.enum(ROLES)),
  description: z.string().max(500),
  /** The user's own settings, each a short text. */
  preferences: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,31}$/), z.string().max(128)),
  is_verified: z.boolean(),
  created_at: Timestamp,
  updated_at: Timestamp,
  last_active: Timestamp.optional(),
})

const get = procedure({
  name: 'user.get',
  summary: "The caller's own profile.",
  access: 'user',
  http: 'GET /api/user',
  socket: true,
  idempotent: true,
  timeoutMs: 2_000,
  input: z.object({}),
  output: User,
  failures: failures('not_found'),
})

const getOf = procedure({
  name: 'user.getOf',
  summary: "A user's profile, for that user and for admins.",
  access: 'user',
  http: 'GET /api/users/{user_id}',
  idempotent: true,
  timeoutMs: 2_000,
  input: z.object({ user_id: UserId }),
  output: User,
  failures: failures('not_found'),
})

const update = procedure({
  name: 'user.update',
  summary: "Changes the caller's profile; what is not given stays.",
  access: 'user',
  http: 'PATCH /api/user',
  socket: true,
  idempotent: true,
  timeoutMs: 3_000,
  input: User.pick({ description: true, preferences: true }).partial(),
  output: User,
  failures: failures('not_found'),
})

const ensureProfile = procedure({
  name: 'user.ensureProfile',
  summary: 'For auth: makes the profile of a new account, once however often it is asked.',
  access: 'service',
  idempotent: true,
  timeoutMs: 2_000,
  input: z.object({
    user_id: UserId,
    username: Username,
    email: Email.optional(),
    referral_code: ReferralCode.optional(),
    created_at: Timestamp,
  }),
  output: z.object({ user_id: UserId }),
})

const getContact = procedure({
  name: 'user.getContact',
  summary: 'For notification: how to reach a user.',
  access: 'service',
  idempotent: true,
  timeoutMs: 2_000,
  input: z.object({ user_id: UserId }),
  output: z.object({ username: Username, email: Email.optional() }),
  failures: failures('not_found'),
})

const registered = event({
  name: 'user.registered',
  summary: 'A profile came to be.',
  topic: 'profiles',
  key: 'user_id',
  data: z.object({
    user_id: UserId,
    username: Username,
    referral_code: ReferralCode.optional(),
    created_at: Timestamp,
  }),
  keepDays: 30,
})

const profileChanged = event({
  name: 'user.profileChanged',
  summary: 'A user changed their profile; what changed is asked of user.',
  topic: 'profiles',
  key: 'user_id',
  data: z.object({ user_id: UserId, fields: z.array(Label), changed_at: Timestamp }),
  keepDays: 30,
})

/** Profiles and contacts: the one home of personal data. */
export const user = contract('user', {
  version: '1.0.0',
  owner: 'team-identity',
  summary: 'Profiles and contacts: the one home of personal data.',
  procedures: { get, getOf, update, ensureProfile, getContact },
  events: { registered, profileChanged },
  channels: {},
})
