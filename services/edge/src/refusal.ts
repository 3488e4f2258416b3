import { Failure, failure } from '@meshboard/contracts'
import { BrokerError } from '@meshboard/kit'

/** When to ask again for what the broker did not give. */
const BROKER_RETRY_MS = 1_000

/** What a client is told of an error: what is neither a refusal nor the broker's is a bug, `internal`. */
export const refusalOf = (error: unknown): Failure => {
  if (error instanceof Failure) return error
  if (!(error instanceof BrokerError) || error.fault === 'forbidden') return failure('internal')
  return failure('unavailable', { retryAfterMs: BROKER_RETRY_MS })
}
