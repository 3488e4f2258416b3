/** What a device's connection can be. A stale one is still open. */
export type Status = 'connected' | 'stale' | 'disconnected'

/** One device's connection. */
export interface Connection {
  readonly id: string
  readonly userId: string
  readonly deviceId: string
  readonly networkName: string
  readonly status: Status
  readonly statusMessage: string
  /** Tenths, 0 to 1000. */
  readonly scoreTenths: number
  /** The score that its user's screens were last told. */
  readonly announcedTenths: number
  /** Time online since it was first opened. */
  readonly onlineMs: number
  /** Time online that has not accrued yet. */
  readonly remainderMs: number
  /** How often it has accrued. */
  readonly accruals: number
  readonly pointsEarnedMicros: bigint
  /** When its device last gave a sign of life: a heartbeat, or `connect`. */
  readonly seenAt: Date
  readonly createdAt: Date
  readonly updatedAt: Date
}

export const isOpen = ({ status }: Pick<Connection, 'status'>): boolean => status !== 'disconnected'

/** What the statuses say to a person. */
export const MESSAGES = {
  online: 'The device is online.',
  signedOff: 'The device signed off.',
  stale: (staleMs: number) => `Nothing heard of the device for ${seconds(staleMs)}.`,
  silent: (silenceMs: number) => `Offline: nothing heard of the device for ${seconds(silenceMs)}.`,
} as const

const seconds = (ms: number): string => `${ms / 1000} s`

/**
 * The connection whose device gave a sign of life at `now`. The time since the one before counts as
 * online, unless it is longer than `silenceMs`: then the device was away in between. Time never
 * counts twice, even when the clock goes back.
 */
export const seen = (
  connection: Connection,
  { now, silenceMs }: { now: Date; silenceMs: number },
): Connection => {
  const elapsedMs = Math.max(0, now.getTime() - connection.seenAt.getTime())
  const countedMs = isOpen(connection) && elapsedMs <= silenceMs ? elapsedMs : 0
  return {
    ...connection,
    status: 'connected',
    statusMessage: MESSAGES.online,
    onlineMs: connection.onlineMs + countedMs,
    remainderMs: connection.remainderMs + countedMs,
    seenAt: now > connection.seenAt ? now : connection.seenAt,
  }
}

/** The connection that its device takes up again, perhaps from another network. */
export const takenUp = (
  connection: Connection,
  by: { now: Date; silenceMs: number; networkName: string },
): Connection => ({
  ...seen(connection, by),
  networkName: by.networkName,
  announcedTenths: connection.scoreTenths,
})

/** The connection whose device signed off. What has not accrued by now never will. */
export const signedOff = (connection: Connection): Connection => ({
  ...connection,
  status: 'disconnected',
  statusMessage: MESSAGES.signedOff,
  remainderMs: 0,
  announcedTenths: connection.scoreTenths,
})
