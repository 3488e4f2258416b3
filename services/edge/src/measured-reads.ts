import type { Broker } from '@meshboard/kit'
import type { EdgeMetrics } from './edge-metrics.ts'

/** What a replay reads with. */
export type StoredReads = Pick<Broker, 'readStored' | 'newestStored'>

/** The broker's reads of stored events, with what they find and how many are under way counted. */
export const measuredReads = (
  broker: Broker,
  { readsInFlight, eventsReplayed }: Pick<EdgeMetrics, 'readsInFlight' | 'eventsReplayed'>,
): StoredReads => {
  const counted = async <T>(read: Promise<T>): Promise<T> => {
    readsInFlight.inc()
    return read.finally(() => readsInFlight.dec())
  }
  return {
    async readStored(...asked) {
      const page = await counted(broker.readStored(...asked))
      eventsReplayed.inc(page.events.length)
      return page
    },
    newestStored: (...asked) => counted(broker.newestStored(...asked)),
  }
}
