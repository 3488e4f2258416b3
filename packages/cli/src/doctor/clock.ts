import { type Finding, bad, ok, warning } from './finding.ts'

/** What a server said of the time, and how sure that is. Milliseconds. */
export interface ClockReading {
  readonly now: number
  readonly askedAt: number
  readonly roundTripMs: number
}

/** Deadlines of calls allow for so much. */
const ALLOWED_MS = 250
/** Tokens and their ends do not. */
const TOO_MUCH_MS = 2_000

/** How far another clock is from ours, as far as that can be known. */
export const judgeClock = (name: string, reading: ClockReading): Finding => {
  const check = `clock of ${name}`
  const { now, askedAt, roundTripMs } = reading
  const off = Math.max(0, Math.abs(now - askedAt) - roundTripMs / 2)
  const text = `${Math.round(off)} ms from here`
  const mend = 'Have every machine keep its time by the same NTP servers.'
  if (off > TOO_MUCH_MS)
    return bad(check, `${text}: tokens and deadlines end at the wrong time`, mend)
  if (off > ALLOWED_MS)
    return warning(check, `${text}: deadlines are off by more than they allow for`, mend)
  return ok(check, text)
}
