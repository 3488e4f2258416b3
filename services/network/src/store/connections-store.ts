import type { Queryable, Tx } from '@meshboard/db'
import { type Connection, MESSAGES } from '../domain/connection.ts'
import { type ConnectionRow, toConnection } from './connection-row.ts'

/** A connection by its id, if it is that user's. */
export interface Owned {
  readonly id: string
  readonly userId: string
}

/** A connection that nobody else changes until the transaction ends. */
export interface Locked {
  readonly connection: Connection
  /** The database's clock, just now: with several instances there is no other that they share. */
  readonly now: Date
}

interface Silent {
  silentMs: number
  message: string
  max: number
}

interface Rows<Row> {
  rows: Row[]
}

/** Every statement about the table `connections`. */
export const connectionsStore = {
  /** Makes a user's other `connect` calls wait, so that the count they check stays true. */
  async claimUser(tx: Tx, userId: string): Promise<void> {
    await tx.raw("select pg_advisory_xact_lock(hashtextextended('network connect ' || ?, 0))", [
      userId,
    ])
  },

  lock: (tx: Tx, { id, userId }: Owned): Promise<Locked | undefined> =>
    lockWhere(tx, 'id = ? and user_id = ?', [id, userId]),

  lockDevice: (
    tx: Tx,
    { userId, deviceId }: { userId: string; deviceId: string },
  ): Promise<Locked | undefined> =>
    lockWhere(tx, 'user_id = ? and device_id = ?', [userId, deviceId]),

  async countOpen(tx: Tx, userId: string): Promise<number> {
    const { rows } = await tx.raw<Rows<{ open: number }>>(
      `select count(*)::int as open from connections where user_id = ? and status <> 'disconnected'`,
      [userId],
    )
    return rows[0]?.open ?? 0
  },

  async open(
    tx: Tx,
    made: Pick<Connection, 'id' | 'userId' | 'deviceId' | 'networkName'>,
  ): Promise<Connection> {
    const { rows } = await tx.raw<Rows<ConnectionRow>>(
      `insert into connections (id, user_id, device_id, network_name, status, status_message)
       values (?, ?, ?, ?, 'connected', ?) returning *`,
      [made.id, made.userId, made.deviceId, made.networkName, MESSAGES.online],
    )
    return toConnection(only(rows))
  },

  /** Stores what the device's own calls change. */
  async save(tx: Tx, connection: Connection): Promise<Connection> {
    const rows = await tx<ConnectionRow>('connections')
      .where({ id: connection.id })
      .update({
        network_name: connection.networkName,
        status: connection.status,
        status_message: connection.statusMessage,
        score_tenths: connection.scoreTenths,
        announced_tenths: connection.announcedTenths,
        online_ms: String(connection.onlineMs),
        remainder_ms: connection.remainderMs,
        accruals: connection.accruals,
        seen_at: connection.seenAt,
        updated_at: tx.fn.now(),
      })
      .returning('*')
    return toConnection(only(rows))
  },

  async find(query: Queryable, { id, userId }: Owned): Promise<Connection | undefined> {
    const row = await query<ConnectionRow>('connections').where({ id, user_id: userId }).first()
    return row && toConnection(row)
  },

  /** The newest first. */
  async list(
    query: Queryable,
    { userId, max }: { userId: string; max: number },
  ): Promise<Connection[]> {
    const rows = await query<ConnectionRow>('connections')
      .where({ user_id: userId })
      .orderBy('id', 'desc')
      .limit(max)
    return rows.map(toConnection)
  },

  async addPoints(tx: Tx, { id, userId }: Owned, micros: bigint): Promise<void> {
    await tx.raw(
      `update connections set points_earned_micros = points_earned_micros + ?, updated_at = now()
       where id = ? and user_id = ?`,
      [micros.toString(), id, userId],
    )
  },

  /** Open connections silent for longer become disconnected; those others work on are left to them. */
  disconnectSilent: (tx: Tx, silent: Silent): Promise<Connection[]> =>
    changeSilent(tx, silent, {
      from: ['connected', 'stale'],
      change: "status = 'disconnected', remainder_ms = 0",
    }),

  markStale: (tx: Tx, silent: Silent): Promise<Connection[]> =>
    changeSilent(tx, silent, { from: ['connected'], change: "status = 'stale'" }),
}

const lockWhere = async (
  ...[tx, condition, values]: [Tx, string, string[]]
): Promise<Locked | undefined> => {
  const { rows } = await tx.raw<Rows<ConnectionRow & { now: Date }>>(
    `select *, clock_timestamp() as now from connections where ${condition} for update`,
    values,
  )
  const [row] = rows
  return row && { connection: toConnection(row), now: row.now }
}

const changeSilent = async (
  ...[tx, { silentMs, message, max }, { from, change }]: [
    Tx,
    Silent,
    { from: string[]; change: string },
  ]
): Promise<Connection[]> => {
  const { rows } = await tx.raw<Rows<ConnectionRow>>(
    `with silent as materialized (
       select id from connections
       where status = any(?) and seen_at < now() - ? * interval '1 millisecond'
       order by seen_at limit ? for update skip locked
     )
     update connections
     set ${change}, status_message = ?, announced_tenths = score_tenths, updated_at = now()
     from silent where connections.id = silent.id
     returning connections.*`,
    [from, silentMs, max, message],
  )
  return rows.map(toConnection)
}

const only = <T>(rows: readonly T[]): T => {
  const [row] = rows
  if (row === undefined) throw new Error('no row came back')
  return row
}
