import { allContracts, auth } from '@meshboard/contracts'
import type { Uses } from '@meshboard/kit'

const withRoute = allContracts
  .flatMap(({ procedures }) => Object.values(procedures))
  .filter(({ http }) => http !== undefined)

/** Every procedure with a route, and the keys that tokens are checked with. */
export const uses: Uses = { calls: [...new Set([...withRoute, auth.procedures.jwks])] }
