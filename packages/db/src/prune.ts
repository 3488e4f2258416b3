import type pg from 'pg'

/**
 * Forgets what has served its time: events sent seven days ago (until then they can be sent again
 * after a loss of the broker), inbox rows after 45 days (longer than any stream keeps an event),
 * idempotency keys after seven days.
 */
export const prune = async (client: pg.Client): Promise<void> => {
  await client.query("delete from outbox where published_at < now() - interval '7 days'")
  await client.query("delete from inbox where at < now() - interval '45 days'")
  await client.query("delete from idempotency_keys where at < now() - interval '7 days'")
}
