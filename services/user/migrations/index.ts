import { profiles } from './0001-profiles.ts'

export const migrations = { '0001-profiles': profiles }
