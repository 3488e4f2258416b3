import { randomBytes } from 'node:crypto'
import { AUDIENCE, auth } from '@meshboard/contracts'
import { handler } from '@meshboard/kit'
import type { Deps } from '../deps.ts'
import { RANDOM_BYTES, makeChallenge } from '../domain/challenge.ts'

export const challenge = handler(
  auth.procedures.challenge,
  async ({ input }, { challenges }: Deps) => {
    const now = Date.now()
    return {
      challenge: makeChallenge({
        publicKey: input.public_key,
        purpose: input.purpose,
        secret: challenges.secret,
        issuedAtMs: now,
        random: randomBytes(RANDOM_BYTES),
      }),
      audience: AUDIENCE,
      now: new Date(now).toISOString(),
      expires_at: new Date(now + challenges.lifeMs).toISOString(),
    }
  },
)
