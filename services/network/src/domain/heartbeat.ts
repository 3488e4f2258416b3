import { type Connection, seen } from './connection.ts'

/** A change of the score from which on screens are told, in tenths. */
const NOTABLE_TENTHS = 10

/** What a heartbeat makes of a connection. */
export interface Beat {
  readonly connection: Connection
  /** What accrues with it: a whole number of periods, 0 for none. */
  readonly accruedMs: number
  /** Whether its user's screens are to be told. */
  readonly notable: boolean
}

/** An open connection after a heartbeat with that score. */
export const heartbeatOf = (
  connection: Connection,
  beat: { now: Date; scoreTenths: number; silenceMs: number; accrualPeriodMs: number },
): Beat => {
  const { scoreTenths } = beat
  const present = seen(connection, beat)
  const accruedMs = present.remainderMs - (present.remainderMs % beat.accrualPeriodMs)
  const notable =
    connection.status !== present.status ||
    Math.abs(scoreTenths - connection.announcedTenths) >= NOTABLE_TENTHS
  return {
    connection: {
      ...present,
      scoreTenths,
      announcedTenths: notable ? scoreTenths : connection.announcedTenths,
      remainderMs: present.remainderMs - accruedMs,
      accruals: connection.accruals + (accruedMs > 0 ? 1 : 0),
    },
    accruedMs,
    notable,
  }
}
