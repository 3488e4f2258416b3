import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@meshboard/kit'
import pg from 'pg'

const ASK_MS = 1_000

/** Whose outbox it is, and how long its leader may be silent. */
export interface Leadership {
  readonly service: string
  readonly url: string
  readonly silentMs: number
  readonly log: Logger
  readonly stopping: AbortSignal
}

/** A connection of the relay's own: it holds the lock, hears the wake-ups and reads, and all of it ends with it. */
export const openRelayClient = async ({ service, url }: Leadership): Promise<pg.Client> => {
  const client = new pg.Client({
    connectionString: url,
    application_name: `${service} relay`,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    keepAlive: true,
  })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/**
 * Waits until this connection holds the service's lock; false when it was told to stop before. The
 * session of a leader that has been silent for too long is ended: such a process hangs, or is gone
 * with its machine.
 */
export const becomeLeader = async (
  client: pg.Client,
  { service, silentMs, log, stopping }: Leadership,
): Promise<boolean> => {
  const lock = `${service} outbox relay`
  while (!stopping.aborted) {
    const { rows } = await client.query<{ leads: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as leads',
      [lock],
    )
    if (rows[0]?.leads) return true
    const ended = await client.query(END_SILENT, [lock, silentMs])
    if (ended.rows.length > 0)
      log.warn({ silentMs }, 'the leading relay was silent; it leads no more')
    else await sleep(ASK_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
  return false
}

/** A leader looks several times a second, so that its session is never idle for long. */
const END_SILENT = `
  select pg_terminate_backend(pid) from pg_locks join pg_stat_activity using (pid)
  where locktype = 'advisory' and granted and objsubid = 1
    and pg_locks.database = (select oid from pg_database where datname = current_database())
    and (classid::bigint << 32) | objid::bigint = hashtextextended($1, 0)
    and (state = 'idle' or wait_event = 'ClientWrite')
    and state_change < clock_timestamp() - $2 * interval '1 ms'`
