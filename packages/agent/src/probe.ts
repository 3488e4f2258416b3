import { randomBytes } from 'node:crypto'
import { type Client, Failure } from '@meshboard/client'
import { ECHO_TIMEOUT_MS, type Measurement } from './measure.ts'

const ECHO_BYTES = 64
const THROUGHPUT_BYTES = 256 * 1024
const THROUGHPUT_TIMEOUT_MS = 15_000
/** The most an echo takes, by its contract. */
const PIECE_BYTES_MAX = 60_000
/** Room for the rest of the frame around a piece. */
const FRAME_REST_BYTES = 512

/**
 * Sends 64 bytes there and back. No answer within 2 s is a loss; a refusal says nothing about the
 * connection and does not count.
 */
export const probeEcho = async (client: Client, measurement: Measurement): Promise<void> => {
  const begin = performance.now()
  try {
    await client.network.echo({ data: filler(ECHO_BYTES) }, { timeoutMs: ECHO_TIMEOUT_MS })
    measurement.answered(performance.now() - begin)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (error.details?.['may_have_happened'] === true) measurement.lost()
  }
}

/**
 * Sends 256 KiB there and back, in pieces below the edge's frame limit, all on their way at once.
 * The megabits a second are what one direction carried in the time of both: never more than there
 * is. Undefined without all answers within 15 s.
 */
export const probeThroughput = async (client: Client): Promise<number | undefined> => {
  const frameBytes = client.session?.limits.frame_in_bytes ?? 0
  const pieceBytes = Math.min(PIECE_BYTES_MAX, frameBytes - FRAME_REST_BYTES)
  if (pieceBytes < ECHO_BYTES) return undefined
  const pieces = piecesOf(THROUGHPUT_BYTES, pieceBytes).map(filler)
  const timeoutMs = THROUGHPUT_TIMEOUT_MS
  const begin = performance.now()
  try {
    await Promise.all(pieces.map((data) => client.network.echo({ data }, { timeoutMs })))
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
  return (THROUGHPUT_BYTES * 8) / (performance.now() - begin) / 1_000
}

/** `total` as sizes of at most `most`. */
const piecesOf = (total: number, most: number): number[] =>
  Array.from({ length: Math.ceil(total / most) }, (_, i) => Math.min(most, total - i * most))

/** Random, so that nothing on the way can compress it; one byte a character in a frame. */
const filler = (bytes: number): string =>
  randomBytes(Math.ceil((bytes * 3) / 4))
    .toString('base64url')
    .slice(0, bytes)
