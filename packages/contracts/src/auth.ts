import {
  accountCreated,
  keyAdded,
  keyRevoked,
  roleChanged,
  sessionOpened,
  sessionRevoked,
} from './auth-events.ts'
import { addKey, getKey, listKeys, listKeysOf, revokeKey } from './auth-keys.ts'
import { appoint, setRoles } from './auth-roles.ts'
import { getPendingProfile, jwks, listRevoked, openSession } from './auth-services.ts'
import { challenge, login, logout, refresh, register, verify } from './auth-sessions.ts'
import { contract } from './define.ts'

export { Session } from './auth-sessions.ts'

/** Accounts, keys, sessions and the tokens that prove them. */
export const auth = contract('auth', {
  version: '1.2.0',
  owner: 'team-identity',
  summary: 'Accounts, keys, sessions and the tokens that prove them.',
  procedures: {
    challenge,
    register,
    login,
    verify,
    refresh,
    logout,
    addKey,
    getKey,
    listKeys,
    listKeysOf,
    revokeKey,
    setRoles,
    appoint,
    openSession,
    getPendingProfile,
    jwks,
    listRevoked,
  },
  events: { accountCreated, roleChanged, keyAdded, keyRevoked, sessionOpened, sessionRevoked },
  channels: {},
})
