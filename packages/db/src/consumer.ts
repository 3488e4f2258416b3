import type { EventDeclaration } from '@meshboard/contracts'
import type { Consumer, Received } from '@meshboard/kit'
import type { Database, Tx } from './database.ts'

interface ConsumerSpec<E extends EventDeclaration, Deps> {
  name: string
  event: E
  handle: (received: Received<E> & { tx: Tx }, deps: Deps) => Promise<void>
}

/**
 * An event handler that runs in a transaction and takes effect exactly once, however often the event
 * is delivered: the event's id is claimed in the same transaction.
 */
export const consumer = <E extends EventDeclaration, Deps extends { readonly database: Database }>(
  spec: ConsumerSpec<E, Deps>,
): Consumer<Deps, E> => ({
  name: spec.name,
  event: spec.event,
  handle: (received, deps) =>
    deps.database.transaction(async (tx) => {
      if (await isClaimed(tx, spec.name, received.id)) return received.metrics.duplicate(spec.name)
      await spec.handle({ ...received, tx }, deps)
    }),
})

const isClaimed = async (tx: Tx, name: string, eventId: string): Promise<boolean> => {
  const { rowCount } = await tx.raw(
    'insert into inbox (consumer, event_id) values (?, ?) on conflict do nothing',
    [name, eventId],
  )
  return rowCount === 0
}
