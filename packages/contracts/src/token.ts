import { AUDIENCE } from './signing.ts'

/**
 * What every access token carries besides `sub` (the user), `sid` (the session), `roles`, `jti`,
 * `iat` and `exp`: an EdDSA-signed JWT of RFC 9068.
 */
export const ACCESS_TOKEN = {
  issuer: 'meshboard-auth',
  audience: AUDIENCE,
  type: 'at+jwt',
} as const

/** What a user may be, from least to most. */
export const ROLES = ['guest', 'user', 'analyst', 'admin'] as const
export type Role = (typeof ROLES)[number]
