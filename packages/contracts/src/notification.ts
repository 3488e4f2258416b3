import { z } from 'zod'
import { channel, contract, event, procedure } from './define.ts'
import { failures } from './failure.ts'
import { AlertId, Cursor, NotificationId, PageSize, Severity, Timestamp, UserId } from './values.ts'

/** Something a user is told. */
export const Notification = z.object({
  id: NotificationId,
  user_id: UserId,
  /** What it is about: `referral_applied`, `referral_completed`, `referral_rewarded`, `device_offline`. */
  kind: z.string().regex(/^[a-z][a-z_]{2,47}$/),
  title: z.string().max(120),
  body: z.string().max(500),
  /** Ids and amounts it speaks of, each a text. */
  data: z.record(z.string().max(48), z.string().max(128)),
  channels: z.array(z.enum(['in_app', 'email', 'webhook', 'push'])),
  read_at: Timestamp.optional(),
  created_at: Timestamp,
})

const list = procedure({
  name: 'notification.list',
  summary: "The caller's notifications, the newest first.",
  access: 'user',
  http: 'GET /api/notifications',
  socket: true,
  idempotent: true,
  timeoutMs: 2_000,
  priority: 'sheddable',
  input: z.object({ limit: PageSize.optional(), cursor: Cursor.optional() }),
  output: z.object({
    notifications: z.array(Notification),
    unread: z.int().min(0),
    next_cursor: Cursor.optional(),
  }),
})

const markRead = procedure({
  name: 'notification.markRead',
  summary: 'Says that the caller has read a notification.',
  access: 'user',
  http: 'POST /api/notifications/{id}/read',
  socket: true,
  idempotent: true,
  timeoutMs: 2_000,
  input: z.object({ id: NotificationId }),
  output: Notification,
  failures: failures('not_found'),
})

/** What everybody who watches is told of the mesh itself. */
const Alert = z.object({
  id: AlertId,
  severity: Severity,
  title: z.string().min(1).max(120),
  body: z.string().max(500),
  raised_at: Timestamp,
})

const alert = procedure({
  name: 'notification.alert',
  summary: 'Tells everybody who watches of something about the mesh itself.',
  access: 'admin',
  http: 'POST /api/admin/alerts',
  timeoutMs: 3_000,
  input: z.object({
    severity: Severity,
    title: z.string().min(1).max(120),
    body: z.string().max(500).optional(),
  }),
  output: Alert,
})

const alerted = event({
  name: 'notification.alerted',
  summary: 'Everybody is told something about the mesh itself.',
  topic: 'alerts',
  key: 'all',
  filters: ['severity'],
  data: Alert,
  keepDays: 30,
})

const created = event({
  name: 'notification.created',
  summary: 'A user is told something.',
  topic: 'notifications',
  key: 'user_id',
  update: 'notification',
  filters: ['kind'],
  data: Notification,
  keepDays: 30,
})

const read = event({
  name: 'notification.read',
  summary: 'A user has read a notification, on one of their screens.',
  topic: 'notifications',
  key: 'user_id',
  data: z.object({ user_id: UserId, id: NotificationId, read_at: Timestamp }),
  keepDays: 30,
})

/** What users are told, and whether they have read it. */
export const notification = contract('notification', {
  version: '1.1.0',
  owner: 'team-engagement',
  summary: 'What users are told, and whether they have read it.',
  procedures: { list, markRead, alert },
  events: { created, read, alerted },
  channels: {
    notifications: channel({
      class: 'log',
      topic: 'notifications',
      audience: 'self',
      snapshot: list,
    }),
  },
})
