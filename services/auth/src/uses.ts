import { auth, user } from '@meshboard/contracts'
import type { Uses } from '@meshboard/kit'

export const uses: Uses = { calls: [auth.procedures.jwks, user.procedures.ensureProfile] }
