import pg from 'pg'
import { inDatabase } from './in-database.ts'

/** What waits in a service's outbox. Ages are seconds by the database's clock. */
export interface OutboxStatus {
  readonly service: string
  /** Events that were raised and not stored in the stream yet. */
  readonly unsent: number
  /** Since the oldest of them was raised; null when there is none. */
  readonly oldestAgeS: number | null
  /** Since the newest stored one was sent; null when the outbox keeps none. */
  readonly lastSentAgeS: number | null
}

/** The events of one topic and key that wait, behind the first of them. */
export interface WaitingKey {
  readonly service: string
  readonly topic: string
  readonly key: string
  readonly waiting: number
  readonly firstEvent: string
  readonly firstId: string
  readonly firstAgeS: number
}

/** Which outboxes to look into. */
export interface OutboxQuery {
  /** Postgres, as one who may read the schemas of all `services`. */
  readonly url: string
  readonly services: readonly string[]
}

const KEYS_MAX = 100

/** Looks into the outbox of each service. Throws when the database is away or a schema is missing. */
export const readOutboxes = (query: OutboxQuery): Promise<OutboxStatus[]> =>
  inDatabase(query.url, (client) =>
    eachOf(query.services, async (service) => {
      const { rows } = await client.query<{ unsent: string; oldest: number; sent: number }>(
        `select
           (select count(*) from ${outbox(service)} where published_at is null) as unsent,
           (select ${ageOf('min(created_at)')} from ${outbox(service)}
            where published_at is null) as oldest,
           (select ${ageOf('max(published_at)')} from ${outbox(service)}
            where published_at is not null) as sent`,
      )
      const [row] = rows
      return [
        {
          service,
          unsent: Number(row?.unsent ?? 0),
          oldestAgeS: row?.oldest ?? null,
          lastSentAgeS: row?.sent ?? null,
        },
      ]
    }),
  )

/** The topics and keys that wait, those that wait longest first, 100 a service at most. */
export const readWaitingKeys = (query: OutboxQuery): Promise<WaitingKey[]> =>
  inDatabase(query.url, (client) =>
    eachOf(query.services, async (service) => {
      const { rows } = await client.query<
        Omit<WaitingKey, 'service' | 'waiting'> & { waiting: string }
      >(
        `select * from (
           select distinct on (topic, key) topic, key, event as "firstEvent", id as "firstId",
             ${ageOf('created_at')} as "firstAgeS",
             count(*) over (partition by topic, key) as waiting
           from ${outbox(service)} where published_at is null order by topic, key, n
         ) as firsts order by "firstAgeS" desc limit ${KEYS_MAX}`,
      )
      return rows.map((row) => ({ ...row, service, waiting: Number(row.waiting) }))
    }),
  )

const outbox = (service: string): string => `${pg.escapeIdentifier(service)}.outbox`

const ageOf = (time: string): string => `extract(epoch from now() - ${time})::float8`

const eachOf = async <T>(
  services: readonly string[],
  read: (service: string) => Promise<T[]>,
): Promise<T[]> => {
  const found: T[] = []
  for (const service of services) found.push(...(await read(service)))
  return found
}
