import { auth } from '@meshboard/contracts'
import { handler } from '@meshboard/kit'
import type { Deps } from '../deps.ts'

export const jwks = handler(auth.procedures.jwks, async (_context, { signingKeys }: Deps) => ({
  keys: signingKeys.map(({ publicJwk }) => publicJwk),
}))
