import type { DataOf, notification } from '@meshboard/contracts'

type Wire = DataOf<typeof notification.events.created>

/** What somebody is to be told, once. */
export interface Telling {
  readonly userId: string
  /** Names the fact: of two tellings with the same one, a user gets the first. */
  readonly dedupeKey: string
  readonly kind: string
  /** 1 to 120 characters. */
  readonly title: string
  /** 1 to 500 characters. */
  readonly body: string
  /** The ids and amounts it speaks of. */
  readonly data: Readonly<Record<string, string>>
}

/** What somebody was told. */
export interface Notification extends Omit<Telling, 'dedupeKey'> {
  readonly id: string
  readonly channels: Wire['channels']
  readonly readAt: Date | undefined
  readonly createdAt: Date
}

/** A notification as its user sees it. */
export const toNotification = (told: Notification): Wire => ({
  id: told.id,
  user_id: told.userId,
  kind: told.kind,
  title: told.title,
  body: told.body,
  data: { ...told.data },
  channels: told.channels,
  ...(told.readAt && { read_at: told.readAt.toISOString() }),
  created_at: told.createdAt.toISOString(),
})
