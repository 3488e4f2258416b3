import type { EdgeMetrics } from './edge-metrics.ts'
import type { Push } from './feed-parts.ts'

/** Counts events on their way out: once an event, whatever its watchers; labels are looked up once. */
export const countPushes = ({
  eventsPushed,
  eventsWatched,
  deliveryLag,
}: Pick<EdgeMetrics, 'eventsPushed' | 'eventsWatched' | 'deliveryLag'>) => {
  const childrenOf = (channel: string) => ({
    pushed: eventsPushed.labels({ channel }),
    watched: eventsWatched.labels({ channel }),
  })
  const byChannel = new Map<string, ReturnType<typeof childrenOf>>()
  return ({ source: { channel }, event, watchers }: Push): void => {
    let counters = byChannel.get(channel)
    if (!counters) byChannel.set(channel, (counters = childrenOf(channel)))
    counters.pushed.inc()
    counters.watched.inc(watchers)
    const storedAt = Date.parse(event.headers['nats-time-stamp'] ?? '')
    if (!Number.isNaN(storedAt)) deliveryLag.observe(Math.max(0, Date.now() - storedAt) / 1_000)
  }
}
