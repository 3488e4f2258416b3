import type { Measured } from './measure.ts'

/** Everything the agent tells, in the form in which `--json` prints it. */
export type Told =
  | { event: 'registered'; user_id: string; username: string; public_key: string; created: boolean }
  | { event: 'connected'; user_id: string; session_id: string; node: string; ms: number }
  | {
      event: 'connection'
      id: string
      device_id: string
      network_name: string
      points_earned: string
    }
  | ({ event: 'quality'; status: string; score: number; connection_time: number } & Measured)
  | {
      event: 'credited'
      entry_id: string
      amount: string
      balance: string
      source: string
      connection_id?: string | undefined
      timestamp: string
      trace_id?: string | undefined
      seq: number
      n: number
    }
  | { event: 'reconnecting'; message: string; retry_in_ms: number }
  | { event: 'warning'; code: string; message: string }
  | { event: 'stopped' }
  | { event: 'error'; code: string; message: string }

/** Tells one thing. */
export type Report = (told: Told) => void

/** For programs: one JSON object a line. */
export const jsonReport =
  (write: (text: string) => void): Report =>
  (told) =>
    write(`${JSON.stringify(told)}\n`)
