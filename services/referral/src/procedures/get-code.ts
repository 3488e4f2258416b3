import { referral } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'

export const getCode = handler(
  referral.procedures.getCode,
  ({ caller, transaction }, { codes }: Deps) =>
    transaction(async (tx) => ({ code: await codes.ensure(tx, { userId: caller.userId }) })),
)
