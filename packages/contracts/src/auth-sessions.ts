import { z } from 'zod'
import { procedure } from './define.ts'
import { failures } from './failure.ts'
import {
  AccessToken,
  Challenge,
  Email,
  Label,
  Password,
  PublicKey,
  ReferralCode,
  RefreshToken,
  SessionId,
  Signature,
  Timestamp,
  UserId,
  Username,
} from './values.ts'

/** 8 to 64 visible ASCII characters, used once. */
export const Nonce = z.string().regex(/^[\x21-\x7e]{8,64}$/)

const Purpose = z.enum(['login', 'register', 'link_key'])

/** A session just opened or renewed; the token is good until `expires_at`. */
export const Session = z.object({
  user_id: UserId,
  session_id: SessionId,
  access_token: AccessToken,
  expires_at: Timestamp,
})

/** A session opened over REST, with what renews it, once. */
const RenewableSession = Session.extend({
  refresh_token: RefreshToken.optional(),
  refresh_expires_at: Timestamp.optional(),
})

export const challenge = procedure({
  name: 'auth.challenge',
  summary: 'Gives a challenge to sign, good once and for ten seconds.',
  access: 'public',
  http: 'POST /api/auth/challenge',
  timeoutMs: 2_000,
  input: z.object({ public_key: PublicKey, purpose: Purpose }),
  output: z.object({
    challenge: Challenge,
    audience: z.string(),
    now: Timestamp,
    expires_at: Timestamp,
  }),
})

export const register = procedure({
  name: 'auth.register',
  summary:
    'Makes an account, by e-mail and password or by a key that signs the challenge (or by both), and opens a session.',
  access: 'public',
  http: 'POST /api/auth/register',
  location: '/api/users/{user_id}',
  timeoutMs: 10_000,
  input: z.object({
    username: Username,
    email: Email.optional(),
    password: Password.optional(),
    public_key: PublicKey.optional(),
    label: Label.optional(),
    challenge: Challenge.optional(),
    signature: Signature.optional(),
    /** Who sent them here; one that nobody has is passed over. */
    referral_code: ReferralCode.optional(),
  }),
  output: RenewableSession.extend({ username: Username }),
  failures: failures('conflict', 'invalid_signature'),
})

export const login = procedure({
  name: 'auth.login',
  summary: 'Opens a session by e-mail address or username, and password.',
  access: 'public',
  http: 'POST /api/auth/login',
  timeoutMs: 10_000,
  input: z.object({
    email: Email.optional(),
    username: Username.optional(),
    password: z.string().max(128),
  }),
  output: RenewableSession,
  failures: failures('invalid_credentials'),
})

export const verify = procedure({
  name: 'auth.verify',
  summary: 'Opens a session for the key that signed the challenge, or the time in one step.',
  access: 'public',
  http: 'POST /api/auth/verify',
  timeoutMs: 5_000,
  input: z.object({
    public_key: PublicKey,
    signature: Signature,
    challenge: Challenge.optional(),
    /** With `nonce`, instead of a challenge: seconds since 1970. */
    timestamp: z.int().min(0).optional(),
    nonce: Nonce.optional(),
  }),
  output: RenewableSession,
  failures: failures('invalid_signature', 'unknown_key'),
})

export const refresh = procedure({
  name: 'auth.refresh',
  summary: 'Renews a session; the token that renewed it is worth nothing any more.',
  access: 'public',
  http: 'POST /api/auth/refresh',
  timeoutMs: 3_000,
  priority: 'critical',
  input: z.object({ refresh_token: RefreshToken }),
  output: RenewableSession,
  failures: failures('session_expired'),
})

export const logout = procedure({
  name: 'auth.logout',
  summary: "Ends the caller's session: it cannot be renewed any more.",
  access: 'user',
  http: 'POST /api/auth/logout',
  idempotent: true,
  timeoutMs: 3_000,
  input: z.object({}),
  output: z.object({}),
})
