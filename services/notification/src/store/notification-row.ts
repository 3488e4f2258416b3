import type { Notification } from '../domain/notification.ts'

/** A row of `notifications` as the driver gives it. */
export interface NotificationRow {
  id: string
  user_id: string
  kind: string
  title: string
  body: string
  data: Record<string, string>
  channels: Notification['channels']
  read_at: Date | null
  created_at: Date
}

export const toStored = (row: NotificationRow): Notification => ({
  id: row.id,
  userId: row.user_id,
  kind: row.kind,
  title: row.title,
  body: row.body,
  data: row.data,
  channels: row.channels,
  readAt: row.read_at ?? undefined,
  createdAt: row.created_at,
})
