import { z } from 'zod'
import { procedure } from './define.ts'
import { failures } from './failure.ts'
import { Challenge, Label, PublicKey, Signature, Timestamp, UserId } from './values.ts'

/** A key as its user sees it. */
const Key = z.object({
  user_id: UserId,
  public_key: PublicKey,
  label: Label.optional(),
  created_at: Timestamp,
  last_used_at: Timestamp.optional(),
  revoked: z.boolean(),
})

export const addKey = procedure({
  name: 'auth.addKey',
  summary: "Adds a key to the caller's account; it signs a challenge for `link_key`.",
  access: 'user',
  http: 'POST /api/keys',
  location: '/api/keys/{public_key}',
  timeoutMs: 5_000,
  input: z.object({
    public_key: PublicKey,
    label: Label.optional(),
    challenge: Challenge,
    signature: Signature,
  }),
  output: Key,
  failures: failures('conflict', 'invalid_signature'),
})

export const getKey = procedure({
  name: 'auth.getKey',
  summary: "One of the caller's keys.",
  access: 'user',
  http: 'GET /api/keys/{public_key}',
  idempotent: true,
  timeoutMs: 2_000,
  input: z.object({ public_key: PublicKey }),
  output: Key,
  failures: failures('not_found'),
})

export const listKeys = procedure({
  name: 'auth.listKeys',
  summary: "The caller's keys, the newest first; those that were revoked, too.",
  access: 'user',
  http: 'GET /api/keys',
  idempotent: true,
  timeoutMs: 2_000,
  priority: 'sheddable',
  input: z.object({}),
  output: z.object({ keys: z.array(Key) }),
})

export const listKeysOf = procedure({
  name: 'auth.listKeysOf',
  summary: "A user's keys, for that user and for admins.",
  access: 'user',
  http: 'GET /api/users/{user_id}/keys',
  idempotent: true,
  timeoutMs: 2_000,
  priority: 'sheddable',
  input: z.object({ user_id: UserId }),
  output: z.object({ keys: z.array(Key) }),
  failures: failures('not_found'),
})

export const revokeKey = procedure({
  name: 'auth.revokeKey',
  summary: 'Revokes a key for good; the last one only when the account has a password.',
  access: 'user',
  http: 'DELETE /api/keys/{public_key}',
  idempotent: true,
  timeoutMs: 3_000,
  input: z.object({ public_key: PublicKey }),
  output: z.object({}),
  failures: failures('not_found', 'conflict'),
})
