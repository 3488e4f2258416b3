/**
 * The exact bytes a key signs. Client and server build them here, so that they cannot differ.
 * No field holds a line feed: each has its own grammar in `values.ts`.
 */

/** Why a challenge is signed; a signature for one purpose is worth nothing for another. */
export type SigningPurpose = 'login' | 'register' | 'link_key'

/** The signer's name for the mesh it signs in to. */
export const AUDIENCE = 'meshboard'

export interface SignedChallenge {
  audience: string
  purpose: SigningPurpose
  /** 64 hex digits. */
  publicKey: string
  challenge: string
  /** The server's time when it made the challenge, milliseconds since 1970. */
  serverEpochMs: number
}

/** The message for a challenge login: six lines, UTF-8, no line feed at the end. */
export const challengeMessage = (signed: SignedChallenge): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(
    [
      'meshboard-auth:v1',
      signed.audience,
      signed.purpose,
      signed.publicKey,
      signed.challenge,
      signed.serverEpochMs,
    ].join('\n'),
  )

/** The message for the plain doors' login in one step. `timestamp` in seconds since 1970. */
export const signedTimeMessage = (timestamp: number, nonce: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`${timestamp}:${nonce}`)

/** How far `timestamp` of a signed time may lie from the server's clock, in seconds. */
export const SIGNED_TIME_WINDOW = { pastSeconds: 300, futureSeconds: 60 } as const
