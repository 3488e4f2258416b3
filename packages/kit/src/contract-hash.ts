import { createHash } from 'node:crypto'
import { type Contract, describeContract } from '@meshboard/contracts'

/** A short name of everything a contract says: two builds with the same one say the same on the wire. */
export const contractHash = (contract: Contract): string =>
  createHash('sha256')
    .update(JSON.stringify(describeContract(contract)))
    .digest('hex')
    .slice(0, 16)
