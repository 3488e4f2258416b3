import { type KeyObject, createHmac, timingSafeEqual } from 'node:crypto'

/**
 * What renews a session, once: a secret of 24 bytes, and 8 of an HMAC that tells one of ours from
 * an invented one, so that nobody can end a session whose id is all they know. Its successor is
 * derived from it: whoever missed the answer can be given the same one again, and nothing stored is
 * secret.
 */
export interface RefreshToken {
  readonly sessionId: string
  readonly secret: Buffer
  /** Of the process that opened the session; its tokens stay under it. */
  readonly pepper: KeyObject
}

/** What of a session its renewal depends on. */
export interface StoredRenewal {
  readonly expiresAt: Date
  readonly revokedAt: Date | null
  /** Of the token that is good now, if the session has any. */
  readonly mac: Buffer | null
  readonly previousMac: Buffer | null
  /** When the present token took the place of the previous one. */
  readonly refreshedAt: Date | null
}

export const SECRET_BYTES = 24
const SEAL_BYTES = 8
/** For so long a token that was just used gives the same successor again, milliseconds. */
export const GRACE_MS = 10_000

/** The token as its holder has it. */
export const toText = (token: RefreshToken): string =>
  `${token.sessionId}.${Buffer.concat([token.secret, sealOf(token)]).toString('base64url')}`

/** The token, if it was made under one of these peppers. Each token has one spelling only. */
export const readRefreshToken = (
  text: string,
  peppers: readonly KeyObject[],
): RefreshToken | undefined => {
  const [sessionId = '', code = ''] = text.split('.')
  const bytes = Buffer.from(code, 'base64url')
  if (bytes.length !== SECRET_BYTES + SEAL_BYTES) return undefined
  const secret = bytes.subarray(0, SECRET_BYTES)
  return peppers
    .map((pepper): RefreshToken => ({ sessionId, secret, pepper }))
    .find((token) => timingSafeEqual(sealOf(token), bytes.subarray(SECRET_BYTES)))
}

/** What is stored of a token. */
export const macOf = ({ secret, pepper }: Omit<RefreshToken, 'sessionId'>): Buffer =>
  createHmac('sha256', pepper).update('refresh stored\n').update(secret).digest()

/** The token that takes this one's place. */
export const successorOf = (token: RefreshToken): RefreshToken => {
  const { sessionId, secret, pepper } = token
  const next = createHmac('sha256', pepper).update(`refresh next\n${sessionId}\n`).update(secret)
  return { ...token, secret: next.digest().subarray(0, SECRET_BYTES) }
}

/**
 * What a token of ours may do: renew its session, be given the same successor again, nothing any
 * more, or show that it was stolen.
 */
export const judgeRenewal = (
  session: StoredRenewal,
  { mac, now }: { mac: Buffer; now: Date },
): 'current' | 'repeated' | 'ended' | 'reused' => {
  if (session.revokedAt || session.expiresAt <= now || !session.mac) return 'ended'
  if (timingSafeEqual(session.mac, mac)) return 'current'
  const { previousMac, refreshedAt } = session
  const justUsed = refreshedAt && now.getTime() - refreshedAt.getTime() <= GRACE_MS
  if (justUsed && previousMac && timingSafeEqual(previousMac, mac)) return 'repeated'
  return 'reused'
}

const sealOf = ({ sessionId, secret, pepper }: RefreshToken): Buffer =>
  createHmac('sha256', pepper)
    .update(`refresh seal\n${sessionId}\n`)
    .update(secret)
    .digest()
    .subarray(0, SEAL_BYTES)
