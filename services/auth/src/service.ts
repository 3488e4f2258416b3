import { auth } from '@meshboard/contracts'
import { outboxRelay } from '@meshboard/db'
import { defineService } from '@meshboard/kit'
import { config } from './config.ts'
import { forgetPendingProfileOnRegistered } from './consumers/forget-pending-profile-on-registered.ts'
import { openDeps } from './deps.ts'
import { addKey } from './procedures/add-key.ts'
import { appoint } from './procedures/appoint.ts'
import { challenge } from './procedures/challenge.ts'
import { getKey } from './procedures/get-key.ts'
import { getPendingProfile } from './procedures/get-pending-profile.ts'
import { jwks } from './procedures/jwks.ts'
import { listKeysOf } from './procedures/list-keys-of.ts'
import { listKeys } from './procedures/list-keys.ts'
import { listRevoked } from './procedures/list-revoked.ts'
import { login } from './procedures/login.ts'
import { logout } from './procedures/logout.ts'
import { openSession } from './procedures/open-session.ts'
import { refresh } from './procedures/refresh.ts'
import { register } from './procedures/register.ts'
import { revokeKey } from './procedures/revoke-key.ts'
import { setRoles } from './procedures/set-roles.ts'
import { verify } from './procedures/verify.ts'
import { pruning } from './pruning.ts'
import { uses } from './uses.ts'

export const service = defineService({
  contract: auth,
  config,
  uses,
  open: openDeps,
  procedures: {
    ...{ challenge, register, login, verify, refresh, logout },
    ...{ addKey, getKey, listKeys, listKeysOf, revokeKey },
    ...{ setRoles, appoint },
    ...{ openSession, getPendingProfile, jwks, listRevoked },
  },
  consumers: [forgetPendingProfileOnRegistered],
  tasks: [outboxRelay, pruning],
})
