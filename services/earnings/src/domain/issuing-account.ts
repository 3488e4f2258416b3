import { createHash } from 'node:crypto'

/** One account would be locked by every credit of the mesh. */
const SHARDS = 64

/** The system account that a user's points come from: `issuing/00` to `issuing/63`. */
export const issuingAccountOf = (userId: string): string => {
  const [byte = 0] = createHash('sha256').update(userId).digest()
  return `issuing/${String(byte % SHARDS).padStart(2, '0')}`
}

/** Whether an account is a system account that points come from. */
export const isIssuingAccount = (accountId: string): boolean => accountId.startsWith('issuing/')
