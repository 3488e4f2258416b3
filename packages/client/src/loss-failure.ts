import { CLOSE_CODES, type CommonCode, type Failure, failure } from '@meshboard/contracts/client'
import type { Loss } from './reconnect-policy.ts'

const CODES = new Map<number, CommonCode>([
  [CLOSE_CODES.auth_failed.code, 'auth_failed'],
  [CLOSE_CODES.auth_expired.code, 'session_expired'],
  [CLOSE_CODES.revoked.code, 'session_expired'],
  [CLOSE_CODES.origin.code, 'forbidden'],
  [CLOSE_CODES.too_many_of_user.code, 'overloaded'],
  [CLOSE_CODES.too_many_of_node.code, 'overloaded'],
  [CLOSE_CODES.rate.code, 'rate_limited'],
  [1006, 'connection_error'],
])

/** The failure that tells a person or a program why the connection is gone; `details.close_code` too. */
export const lossFailure = (loss: Loss): Failure => {
  if (loss.kind === 'refused') return loss.failure
  const words =
    loss.code === 1006
      ? `No connection: ${loss.reason || 'cut off without a word'}.`
      : `The connection ended: ${loss.reason || 'no reason given'} (${loss.code}).`
  return failure(CODES.get(loss.code) ?? 'connection_closed', {
    message: words,
    details: { close_code: loss.code },
  })
}
