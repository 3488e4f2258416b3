import type { EventDeclaration } from '@meshboard/contracts'
import type { Consumer, Received } from '@meshboard/kit'
import type { Database, Tx } from './database.ts'
import { isCancelled } from './errors.ts'

interface ConsumerSpec<E extends EventDeclaration, Deps> {
  name: string
  event: E
  /** See `Consumer`. A replayed event is handled although its effect was taken. */
  replayable?: boolean
  handle: (received: Received<E> & { tx: Tx }, deps: Deps) => Promise<void>
}

/**
 * An event handler that runs in a transaction and takes effect exactly once, however often the event
 * is delivered: the event's id is claimed in the same transaction. An attempt that has taken too
 * long is rolled back, and its connection is free again even when the handler does not end.
 */
export const consumer = <E extends EventDeclaration, Deps extends { readonly database: Database }>(
  spec: ConsumerSpec<E, Deps>,
): Consumer<Deps, E> => ({
  name: spec.name,
  event: spec.event,
  replayable: spec.replayable ?? false,
  handle: (received, deps) =>
    deps.database.transaction((tx) =>
      unlessAborted(received.signal, () => takeEffect(spec, { ...received, tx }, deps)),
    ),
})

const takeEffect = async <E extends EventDeclaration, Deps>(
  ...[spec, received, deps]: [ConsumerSpec<E, Deps>, Received<E> & { tx: Tx }, Deps]
): Promise<void> => {
  const { tx, id, replay, metrics } = received
  const isKnown = await isClaimed(tx, spec.name, id)
  if (isKnown && replay === undefined) return metrics.duplicate(spec.name)
  try {
    await spec.handle(received, deps)
  } catch (error) {
    // Given up by nobody: it is the event's own work that takes too long, and would again.
    if (isCancelled(error) && !received.signal.aborted)
      throw new Error('a statement took too long', { cause: error })
    throw error
  }
}

const isClaimed = async (tx: Tx, name: string, eventId: string): Promise<boolean> => {
  const { rowCount } = await tx.raw(
    'insert into inbox (consumer, event_id) values (?, ?) on conflict do nothing',
    [name, eventId],
  )
  return rowCount === 0
}

/** What the work gives, or the signal's reason as soon as that aborts. */
const unlessAborted = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
  // It may have been given up while it waited for a connection.
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    const done = await Promise.race([work(), aborted.promise])
    signal.throwIfAborted()
    return done
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
