import { referrals } from './0001-referrals.ts'

export const migrations = { '0001-referrals': referrals }
