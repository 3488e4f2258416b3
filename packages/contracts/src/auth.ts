import {
  accountCreated,
  keyAdded,
  keyRevoked,
  sessionOpened,
  sessionRevoked,
} from './auth-events.ts'
import { addKey, getKey, listKeys, listKeysOf, revokeKey } from './auth-keys.ts'
import { getPendingProfile, jwks, listRevoked, openSession } from './auth-services.ts'
import { challenge, login, logout, refresh, register, verify } from './auth-sessions.ts'
import { contract } from './define.ts'

export { Session } from './auth-sessions.ts'

/** Accounts, keys, sessions and the tokens that prove them. */
export const auth = contract('auth', {
  version: '1.1.0',
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
    openSession,
    getPendingProfile,
    jwks,
    listRevoked,
  },
  events: { accountCreated, keyAdded, keyRevoked, sessionOpened, sessionRevoked },
  channels: {},
})
