import { inDatabase } from '../in-database.ts'

/** An outbox that is to be brought to what a stream holds. */
export interface ReconcilingOutbox {
  readonly url: string
  readonly service: string
  /** Whatever was noted as sent before this moment, by the database's clock, the stream has. */
  readonly streamsSavedAt: Date
  /** Ids of all events that the stream holds and that were stored after a moment. */
  readonly storedSince: (time: Date) => Promise<ReadonlySet<string>>
}

interface Row {
  id: string
  created_at: Date
  published_at: Date | null
}

/** A clock of the broker may be behind by so much. */
const CLOCKS_MS = 10 * 60 * 1_000

/**
 * After both were brought back: events that the outbox notes as sent and the stream has not are to be
 * sent again, and those that the stream has are noted. Gives how many there were of each.
 */
export const reconcileOutbox = (
  reconciling: ReconcilingOutbox,
): Promise<{ again: number; noted: number }> =>
  inDatabase(reconciling.url, async (client) => {
    const outbox = `${client.escapeIdentifier(reconciling.service)}.outbox`
    const { rows } = await client.query<Row>(
      `select id, created_at, published_at from ${outbox}
       where published_at is null or published_at >= $1 order by created_at`,
      [reconciling.streamsSavedAt],
    )
    const [oldest] = rows
    if (!oldest) return { again: 0, noted: 0 }
    const stored = await reconciling.storedSince(new Date(+oldest.created_at - CLOCKS_MS))
    const idsOf = (keep: (row: Row) => boolean) => rows.filter(keep).map(({ id }) => id)
    const again = idsOf(({ id, published_at: at }) => at !== null && !stored.has(id))
    const noted = idsOf(({ id, published_at: at }) => at === null && stored.has(id))
    await client.query(`update ${outbox} set published_at = null where id = any($1)`, [again])
    await client.query(`update ${outbox} set published_at = now() where id = any($1)`, [noted])
    return { again: again.length, noted: noted.length }
  })
