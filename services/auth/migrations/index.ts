import { accounts } from './0001-accounts.ts'
import { passwordsAndRenewal } from './0002-passwords-and-renewal.ts'
import { revokedSessions } from './0003-revoked-sessions.ts'

export const migrations = {
  '0001-accounts': accounts,
  '0002-passwords-and-renewal': passwordsAndRenewal,
  '0003-revoked-sessions': revokedSessions,
}
