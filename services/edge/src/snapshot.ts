import { Failure, type PlacedChannel } from '@meshboard/contracts'
import { type Backoff, persist } from '@meshboard/kit'
import type { Connection } from './connection.ts'
import type { Feed } from './feed.ts'

const RETRY: Backoff = { firstMs: 200, maxMs: 5_000 }

/**
 * The frame of the channel as a whole, asked as the caller and after its position, so that it holds
 * the effect of every event up to there. None where the contract names no procedure. Fails as that
 * call does, and `unsupported` when the answer does not fit a frame.
 */
export const takeSnapshot = async ({
  connection,
  placed,
  feed,
}: {
  connection: Connection
  placed: PlacedChannel
  feed: Feed
}): Promise<string | undefined> => {
  const procedure = placed.channel.snapshot
  if (!procedure) return undefined
  const { seq } = feed.position
  const { token } = connection.login.required
  const data = await connection.runtime.rpc.call(procedure, {}, { token })
  const channel = placed.name
  return connection.encodeBounded({ type: 'snapshot', channel, seq, data, more: false })
}

/** Tries until it succeeds. Fails when `signal` aborts, or with a refusal that no repetition mends. */
export const persistUnlessRefused = async <T>(
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> => {
  const refused = new AbortController()
  return persist(work, {
    backoff: RETRY,
    signal: AbortSignal.any([signal, refused.signal]),
    onFault: (error) => {
      if (error instanceof Failure && error.retry === 'never') refused.abort(error)
    },
  })
}
