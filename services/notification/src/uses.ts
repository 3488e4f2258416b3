import { auth } from '@meshboard/contracts'
import type { Uses } from '@meshboard/kit'

export const uses: Uses = { calls: [auth.procedures.jwks] }
