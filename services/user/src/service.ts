import { user } from '@meshboard/contracts'
import { outboxRelay } from '@meshboard/db'
import { defineService } from '@meshboard/kit'
import { config } from './config.ts'
import { addKeyOnKeyAdded } from './consumers/add-key-on-key-added.ts'
import { ensureProfileOnAccountCreated } from './consumers/ensure-profile-on-account-created.ts'
import { keepRolesOnRoleChanged } from './consumers/keep-roles-on-role-changed.ts'
import { removeKeyOnKeyRevoked } from './consumers/remove-key-on-key-revoked.ts'
import { touchLastActiveOnSessionOpened } from './consumers/touch-last-active-on-session-opened.ts'
import { openDeps } from './deps.ts'
import { ensureProfile } from './procedures/ensure-profile.ts'
import { getContact } from './procedures/get-contact.ts'
import { getOf } from './procedures/get-of.ts'
import { get } from './procedures/get.ts'
import { update } from './procedures/update.ts'
import { uses } from './uses.ts'

export const service = defineService({
  contract: user,
  config,
  uses,
  open: openDeps,
  procedures: { get, getOf, update, ensureProfile, getContact },
  consumers: [
    ...[ensureProfileOnAccountCreated, touchLastActiveOnSessionOpened],
    ...[addKeyOnKeyAdded, removeKeyOnKeyRevoked, keepRolesOnRoleChanged],
  ],
  tasks: [outboxRelay],
})
