import {
  AccessToken,
  Challenge,
  Cursor,
  DeviceId,
  Email,
  ID_PREFIXES,
  IdempotencyKey,
  Label,
  Points,
  PublicKey,
  ReferralCode,
  RefreshToken,
  Signature,
  Timestamp,
  Username,
} from '@meshboard/contracts'

/** What the catalog says of texts with a grammar of their own. */
export interface KnownText {
  /** What they are, in a word or two. */
  readonly words: string
  readonly example: string
}

interface TextSchema {
  toJSONSchema(): { pattern?: unknown }
}

const SUFFIX = '01kah2r0p4e8wa7v3n5tq6xz2m'

const TEXTS: readonly (readonly [TextSchema, words: string, example: string])[] = [
  [Timestamp, 'time, RFC 3339', '2026-11-21T09:30:00.000Z'],
  [Points, 'points', '12.500000'],
  [Username, 'user name', 'ann'],
  [DeviceId, 'name of a device', 'laptop'],
  [Label, 'label', 'home'],
  [PublicKey, 'ed25519 key, hex', 'd75a980182b10ab7'.repeat(4)],
  [Signature, 'ed25519 signature, hex', 'e5564300c360ac72'.repeat(8)],
  [Challenge, 'challenge, base64url', 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA'],
  [Cursor, 'cursor', 'eyJuIjo0Mn0'],
  [IdempotencyKey, 'idempotency key', '7f9c24e8-3b12-4fef'],
  [AccessToken, 'access token, JWT', 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c3IifQ.c2ln'],
  [Email, 'e-mail address', 'ann@example.org'],
  [RefreshToken, 'refresh token', `ses_${SUFFIX}.q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA`],
  [ReferralCode, 'referral code', 'ANN-7K3Q'],
]

const byPattern = new Map(
  TEXTS.map(([schema, words, example]) => [
    String(schema.toJSONSchema().pattern),
    { words, example },
  ]),
)

const ID = new RegExp(`^\\^(${Object.values(ID_PREFIXES).join('|')})_\\[0-7\\]`)

/** What is known of texts of this pattern, if anything is. */
export const knownText = (pattern: string): KnownText | undefined => {
  const [, prefix] = ID.exec(pattern) ?? []
  if (prefix === undefined) return byPattern.get(pattern)
  return { words: `id, ${prefix}_…`, example: `${prefix}_${SUFFIX}` }
}
