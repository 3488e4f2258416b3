import { INBOX_KEPT_DAYS, OUTBOX_KEPT_DAYS } from '@meshboard/kit'
import type pg from 'pg'

/** Deleted at a time, so that the relay goes on meanwhile. */
const BATCH = 2_000

/** Of each table: its key, and what has served its time. */
const SERVED = {
  // Until then they can be sent again after a loss of the broker.
  outbox: `published_at < now() - interval '${OUTBOX_KEPT_DAYS} days'`,
  // Longer than any stream keeps an event.
  inbox: `at < now() - interval '${INBOX_KEPT_DAYS} days'`,
  idempotency_keys: "at < now() - interval '7 days'",
}

/**
 * Forgets some of what has served its time: events sent seven days ago, inbox rows after 45 days,
 * idempotency keys after seven. Says whether there may be more of it.
 */
export const prune = async (client: pg.Client): Promise<boolean> => {
  let isMore = false
  for (const [table, condition] of Object.entries(SERVED)) {
    const { rowCount } = await client.query(
      `delete from ${table} where ctid = any(array(select ctid from ${table} where ${condition} limit ${BATCH}))`,
    )
    isMore ||= rowCount === BATCH
  }
  return isMore
}
