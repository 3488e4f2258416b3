import type { Knex } from 'knex'
import type { StreamReader } from './stream-reader.ts'

/** Where to look, and for which services: `stateful` are those with an outbox. */
export interface Quiet {
  database: Knex
  streams: StreamReader
  services: readonly string[]
  stateful: readonly string[]
}

/**
 * Whether no event is on its way: what had been handled when the streams were first looked at shows
 * in the outboxes then, or has been stored by the second look.
 */
export const isQuiet = async ({
  database,
  streams,
  services,
  stateful,
}: Quiet): Promise<boolean> => {
  const before = await streams.activity(services)
  if (before.busy) return false
  for (const service of stateful) {
    const unsent = await database
      .withSchema(service)
      .table('outbox')
      .whereNull('published_at')
      .first()
    if (unsent !== undefined) return false
  }
  const after = await streams.activity(services)
  return !after.busy && after.stored === before.stored
}
