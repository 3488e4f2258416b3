import type { Opening } from '@meshboard/kit'
import type { Config } from './config.ts'
import type { EdgeMetrics } from './edge-metrics.ts'
import { Hub } from './hub.ts'
import { LiveFeeds } from './live-feeds.ts'
import { measuredReads } from './measured-reads.ts'
import { countPushes } from './push-counts.ts'
import { Replay, type Source } from './replay.ts'
import type { StreamStates } from './stream-states.ts'

/** Where events come from: the past, the present, and what is of the present only. */
export interface Feeds {
  readonly replay: Replay
  readonly hub: Hub
  readonly live: LiveFeeds
}

/** Opens all three; each says in `metrics` what it does. */
export const openFeeds = (
  { broker, config, log, onClose }: Opening<Config>,
  { states, metrics }: { states: StreamStates; metrics: EdgeMetrics },
): Feeds => {
  const replay = new Replay({
    broker: measuredReads(broker, metrics),
    states,
    readsMax: config.replayReadsMax,
    readBytesMax: config.outboundHighBytes,
    onRead: () => metrics.replayReads.inc(),
  })
  const told = {
    broker,
    onPush: countPushes(metrics),
    onFault: (error: unknown, { channel }: Pick<Source, 'channel'>) =>
      log.warn({ err: error, channel }, 'feed disturbed'),
  }
  const parts = {
    ...told,
    replay,
    states,
    checkMs: config.positionCheckMs,
    onRepair: () => metrics.repairs.inc(),
    onMismatch: () => metrics.mismatches.inc(),
  }
  const hub = new Hub(parts, config.feedLingerMs)
  const live = new LiveFeeds(told)
  onClose(() => hub.close())
  onClose(() => live.close())
  return { replay, hub, live }
}
