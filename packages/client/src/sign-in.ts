import { type ClientFrameOf, challengeMessage, failure } from '@meshboard/contracts/client'
import type { Settings } from './options.ts'
import { opens, type Pass } from './pass.ts'

/** What the edge gave to be signed, and its clock at that time. */
export interface Challenged {
  challenge?: string | undefined
  /** RFC 3339. */
  now: string
}

/**
 * The frame that signs in, by a pass that still opens or by the credentials, or renews a login in
 * place. Fails with whatever the application's `token`
 * or the key's `sign` failed with, and `unsupported` when a key has no challenge to sign.
 */
export const signIn = async (
  ...[{ credentials, audience }, { challenge, now }, pass]: [Settings, Challenged, Pass?]
): Promise<ClientFrameOf<'auth' | 'hello'>> => {
  if (opens(pass)) return { type: 'hello', ticket: pass.ticket }
  if ('token' in credentials) return { type: 'auth', token: await credentials.token() }
  if (challenge === undefined) {
    throw failure('unsupported', { message: 'The edge offers no login by key here.' })
  }
  const { publicKey } = credentials.key
  const serverEpochMs = Date.parse(now)
  const signed = { audience, purpose: 'login', publicKey, challenge, serverEpochMs } as const
  const signature = await credentials.key.sign(challengeMessage(signed))
  return { type: 'auth', public_key: publicKey, signature }
}
