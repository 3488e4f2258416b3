import type { Queryable, Tx } from '@meshboard/db'
import { newId } from '@meshboard/kit'
import type { Notification, Telling } from '../domain/notification.ts'
import { type NotificationRow, toStored } from './notification-row.ts'

/** A notification by its id, if it is that user's. */
interface Owned {
  readonly id: string
  readonly userId: string
}

type Read = Notification & { readonly readAt: Date }

interface Rows<Row> {
  rows: Row[]
}

/** Every statement about the table `notifications`. */
export const notificationsStore = {
  /** Tells, in the inbox. Gives nothing when that user was told of the same fact before. */
  async add(tx: Tx, telling: Telling): Promise<Notification | undefined> {
    const { rows } = await tx.raw<Rows<NotificationRow>>(
      `insert into notifications (id, user_id, dedupe_key, kind, title, body, data, channels)
       values (?, ?, ?, ?, ?, ?, ?::jsonb, array['in_app'])
       on conflict (user_id, dedupe_key) do nothing returning *`,
      [
        newId('notification'),
        telling.userId,
        telling.dedupeKey,
        telling.kind,
        telling.title,
        telling.body,
        JSON.stringify(telling.data),
      ],
    )
    return rows[0] && toStored(rows[0])
  },

  /**
   * Whether that user has such a notification about a connection unread, not older than that. Until
   * the transaction ends, nobody else gets an answer about the connection.
   */
  async isUnread(
    tx: Tx,
    about: { userId: string; kind: string; connectionId: string; minutes: number },
  ): Promise<boolean> {
    const { userId, kind, connectionId, minutes } = about
    await tx.raw("select pg_advisory_xact_lock(hashtextextended('notification ' || ?, 0))", [
      connectionId,
    ])
    const { rows } = await tx.raw<Rows<unknown>>(
      `select from notifications
       where user_id = ? and kind = ? and read_at is null and data ->> 'connection_id' = ?
         and created_at > now() - ? * interval '1 minute'
       limit 1`,
      [userId, kind, connectionId, minutes],
    )
    return rows.length > 0
  },

  /** Says that it was read. Gives nothing when it was read before, or is not there. */
  async markRead(tx: Tx, { id, userId }: Owned): Promise<Read | undefined> {
    const { rows } = await tx.raw<Rows<NotificationRow>>(
      `update notifications set read_at = now()
       where id = ? and user_id = ? and read_at is null returning *`,
      [id, userId],
    )
    const [row] = rows
    return row?.read_at ? { ...toStored(row), readAt: row.read_at } : undefined
  },

  async find(query: Queryable, { id, userId }: Owned): Promise<Notification | undefined> {
    const row = await query<NotificationRow>('notifications').where({ id, user_id: userId }).first()
    return row && toStored(row)
  },

  /** The newest first; with `before` those older than that one. */
  async pageOf(
    query: Queryable,
    { userId, before, max }: { userId: string; before: string | undefined; max: number },
  ): Promise<Notification[]> {
    const page = query<NotificationRow>('notifications')
      .where({ user_id: userId })
      .orderBy('id', 'desc')
      .limit(max)
    const rows = await (before === undefined ? page : page.where('id', '<', before))
    return rows.map(toStored)
  },

  async countUnread(query: Queryable, userId: string): Promise<number> {
    const { rows } = await query.raw<Rows<{ unread: number }>>(
      'select count(*)::int as unread from notifications where user_id = ? and read_at is null',
      [userId],
    )
    return rows[0]?.unread ?? 0
  },

  /** Deletes the oldest of those older than that; gives how many. */
  async deleteOld(query: Queryable, { days, max }: { days: number; max: number }): Promise<number> {
    const { rowCount } = await query.raw<{ rowCount: number }>(
      `with old as materialized (
         select id from notifications where created_at < now() - ? * interval '1 day'
         order by created_at limit ? for update skip locked
       )
       delete from notifications using old where notifications.id = old.id`,
      [days, max],
    )
    return rowCount
  },
}
