import { z } from 'zod'

/** The prefixes of TypeIDs (https://github.com/jetify-com/typeid) and what each names. */
export const ID_PREFIXES = {
  user: 'usr',
  session: 'ses',
  key: 'key',
  connection: 'con',
  entry: 'ent',
  transaction: 'ltx',
  event: 'evt',
  referral: 'ref',
  notification: 'ntf',
  alert: 'alt',
} as const

/** The schema of a TypeID: the prefix, `_`, and a UUIDv7 in 26 characters of base 32. Sortable by time. */
const typeId = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`))

export const UserId = typeId(ID_PREFIXES.user)
export const SessionId = typeId(ID_PREFIXES.session)
export const ConnectionId = typeId(ID_PREFIXES.connection)
export const EntryId = typeId(ID_PREFIXES.entry)
export const EventId = typeId(ID_PREFIXES.event)
export const ReferralId = typeId(ID_PREFIXES.referral)
export const NotificationId = typeId(ID_PREFIXES.notification)
export const AlertId = typeId(ID_PREFIXES.alert)

/** RFC 3339 in UTC with milliseconds: `2026-11-21T09:30:00.000Z`. */
export const Timestamp = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)

/** Points as a decimal string with six decimals, `0.986000`; never a number. See `points.ts`. */
export const Points = z.string().regex(/^-?\d{1,13}\.\d{6}$/)

/** A connection's quality, 0 to 100, one decimal. */
export const Score = z.number().min(0).max(100)

/** How much something matters to who watches over the mesh. */
export const Severity = z.enum(['info', 'warning', 'critical'])

/** A name a person picked: 2 to 32 letters, digits, `-` or `_`. Unique without regard to case. */
export const Username = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{1,31}$/)

/** A device's own name for itself; the subject token grammar. */
export const DeviceId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

/** A label or title a person typed: 1 to 64 characters, none of them a control character. */
export const Label = z.string().regex(/^[^\p{Cc}]{1,64}$/u)

/** An ed25519 public key (RFC 8032), 32 bytes in lower-case hex. */
export const PublicKey = z.string().regex(/^[0-9a-f]{64}$/)

/** An ed25519 signature (RFC 8032), 64 bytes in lower-case hex. */
export const Signature = z.string().regex(/^[0-9a-f]{128}$/)

/** 32 unguessable bytes in base64url, to be signed once. */
export const Challenge = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

/** Where the next page begins; opaque. */
export const Cursor = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/)

/** How many items a page holds, 1 to 100. */
export const PageSize = z.int().min(1).max(100)

/** Made by the caller, once for each intended effect: 8 to 64 characters. */
export const IdempotencyKey = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/)

/** An access token: a JWT (RFC 9068) of at most 4 KiB. */
/** What lets a client come back to any edge without a new login: sealed, and opaque to it. */
export const Ticket = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/)
  .max(6_000)

export const AccessToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/)
  .max(4096)

/** An e-mail address in its common form, at most 254 characters; kept and compared in lower case. */
export const Email = z
  .string()
  .regex(/^[^\s@\p{Cc}]{1,64}@[^\s@.\p{Cc}]+(\.[^\s@.\p{Cc}]+)+$/u)
  .max(254)

/** A password as it was typed: 8 to 128 characters of any script. */
export const Password = z.string().min(8).max(128)

/** A refresh token: opaque, used once. */
export const RefreshToken = z.string().regex(/^ses_[0-9a-hjkmnp-tv-z]{26}\.[A-Za-z0-9_-]{43}$/)

/** A referral code: what its owner is called, a dash, and four signs: `ANN-7K3Q`. Case does not count. */
export const ReferralCode = z.string().regex(/^[A-Za-z0-9_]{1,12}-[A-Za-z0-9]{4}$/)
