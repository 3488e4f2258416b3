import { z } from 'zod'
import { contract, event, procedure } from './define.ts'
import { failures } from './failure.ts'
import {
  AccessToken,
  Challenge,
  Label,
  PublicKey,
  SessionId,
  Signature,
  Timestamp,
  UserId,
  Username,
} from './values.ts'

/** Text without control characters, which no column takes. */
const PRINTABLE = /^[^\p{Cc}]*$/u

const Purpose = z.enum(['login', 'register'])

/** A session just opened or renewed; the token is good until `expires_at`. */
export const Session = z.object({
  user_id: UserId,
  session_id: SessionId,
  access_token: AccessToken,
  expires_at: Timestamp,
})

const challenge = procedure({
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

const register = procedure({
  name: 'auth.register',
  summary: 'Makes an account with its first key, which signs the challenge, and opens a session.',
  access: 'public',
  http: 'POST /api/auth/register',
  location: '/api/users/{user_id}',
  timeoutMs: 5_000,
  input: z.object({
    username: Username,
    public_key: PublicKey,
    label: Label.optional(),
    challenge: Challenge,
    signature: Signature,
  }),
  output: Session.extend({ username: Username }),
  failures: failures('conflict', 'invalid_signature'),
})

const verify = procedure({
  name: 'auth.verify',
  summary: 'Opens a session for the key that signed the challenge.',
  access: 'public',
  http: 'POST /api/auth/verify',
  timeoutMs: 5_000,
  input: z.object({ public_key: PublicKey, challenge: Challenge, signature: Signature }),
  output: Session,
  failures: failures('invalid_signature', 'unknown_key'),
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
    nonce: z.string().regex(/^[\x21-\x7e]{8,64}$/),
    signature: Signature,
  }),
])

const openSession = procedure({
  name: 'auth.openSession',
  summary:
    'For the edge: opens or renews a session for the key behind a proof the edge has asked for.',
  access: 'service',
  timeoutMs: 5_000,
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

/** A public key as JWKS has it (RFC 8037). */
const Jwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
})

const jwks = procedure({
  name: 'auth.jwks',
  summary: 'The public keys that verify access tokens (RFC 7517).',
  access: 'public',
  http: 'GET /.well-known/jwks.json',
  idempotent: true,
  timeoutMs: 1_000,
  input: z.object({}),
  output: z.object({ keys: z.array(Jwk) }),
})

const accountCreated = event({
  name: 'auth.accountCreated',
  summary: 'An account came to be.',
  topic: 'accounts',
  key: 'user_id',
  data: z.object({ user_id: UserId, username: Username, created_at: Timestamp }),
  keepDays: 30,
})

const keyAdded = event({
  name: 'auth.keyAdded',
  summary: 'A key was registered for an account.',
  topic: 'keys',
  key: 'user_id',
  data: z.object({ user_id: UserId, public_key: PublicKey, created_at: Timestamp }),
  keepDays: 30,
})

const sessionOpened = event({
  name: 'auth.sessionOpened',
  summary: 'Somebody signed in.',
  topic: 'sessions',
  key: 'user_id',
  data: z.object({ user_id: UserId, session_id: SessionId, opened_at: Timestamp }),
  keepDays: 30,
})

/** Accounts, keys, sessions and the tokens that prove them. */
export const auth = contract('auth', {
  version: '1.0.0',
  owner: 'team-identity',
  summary: 'Accounts, keys, sessions and the tokens that prove them.',
  procedures: { challenge, register, verify, openSession, jwks },
  events: { accountCreated, keyAdded, sessionOpened },
  channels: {},
})
