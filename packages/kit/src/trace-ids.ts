import { randomFillSync } from 'node:crypto'

const TRACE_BYTES = 16
const SPAN_BYTES = 8
/** Random bytes drawn ahead: asking for a few at a time costs more than they do. */
const pool = Buffer.alloc(170 * (TRACE_BYTES + SPAN_BYTES))
let used = pool.length

/** An id for a trace that begins and is not recorded, 32 hex digits. */
export const newTraceId = (): string => hex(TRACE_BYTES)

/** An id for a span that is not recorded, 16 hex digits. */
export const newSpanId = (): string => hex(SPAN_BYTES)

const hex = (bytes: number): string => {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.toString('hex', used - bytes, used)
}
