import { profiles } from './0001-profiles.ts'
import { roles } from './0002-roles.ts'

export const migrations = { '0001-profiles': profiles, '0002-roles': roles }
