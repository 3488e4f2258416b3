import { z } from 'zod'
import { Nonce, Session } from './auth-sessions.ts'
import { procedure } from './define.ts'
import { failures } from './failure.ts'
import {
  Challenge,
  Email,
  PublicKey,
  ReferralCode,
  SessionId,
  Signature,
  UserId,
  Username,
} from './values.ts'

/** Text without control characters, which no column takes. */
const PRINTABLE = /^[^\p{Cc}]*$/u

export const getPendingProfile = procedure({
  name: 'auth.getPendingProfile',
  summary: "For user: what a new account's profile begins with, until user has it.",
  access: 'service',
  idempotent: true,
  timeoutMs: 2_000,
  input: z.object({ user_id: UserId }),
  output: z.object({
    username: Username,
    email: Email.optional(),
    referral_code: ReferralCode.optional(),
  }),
  failures: failures('not_found'),
})

/** Proof that the holder of a key is there, made over something the *caller* vouches for. */
const Proof = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('challenge'),
    challenge: Challenge,
    server_epoch_ms: z.int().min(0),
    signature: Signature,
  }),
  z.object({
    kind: z.literal('signed_time'),
    timestamp: z.int().min(0),
    nonce: Nonce,
    signature: Signature,
  }),
])

export const openSession = procedure({
  name: 'auth.openSession',
  summary:
    'For the edge: opens or renews a session for the key behind a proof the edge has asked for.',
  access: 'service',
  timeoutMs: 5_000,
  priority: 'critical',
  input: z.object({
    public_key: PublicKey,
    proof: Proof,
    /** Renews this session, when it is the same user's. */
    session_id: SessionId.optional(),
    address: z.string().regex(PRINTABLE).max(64).optional(),
    user_agent: z.string().regex(PRINTABLE).max(256).optional(),
  }),
  output: Session,
  failures: failures('invalid_signature', 'unknown_key', 'session_expired'),
})

export const listRevoked = procedure({
  name: 'auth.listRevoked',
  summary:
    'For who checks tokens: the sessions that ended before their time and whose tokens may still be about, the newest first.',
  access: 'service',
  idempotent: true,
  timeoutMs: 2_000,
  input: z.object({}),
  output: z.object({ session_ids: z.array(SessionId).max(10_000) }),
})

/** A public key as JWKS has it (RFC 8037). */
const Jwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
})

export const jwks = procedure({
  name: 'auth.jwks',
  summary: 'The public keys that verify access tokens (RFC 7517).',
  access: 'public',
  http: 'GET /.well-known/jwks.json',
  idempotent: true,
  timeoutMs: 1_000,
  priority: 'critical',
  input: z.object({}),
  output: z.object({ keys: z.array(Jwk) }),
})
