import type { Broker } from '@meshboard/kit'
import type { Agenda } from './agenda.ts'
import type { Feed } from './feed.ts'
import type { FeedEvent } from './feed-event.ts'
import type { Replay, Source } from './replay.ts'
import type { StreamStates } from './stream-states.ts'

/** An event on its way to all who watch. */
export interface Push {
  readonly source: Pick<Source, 'channel'>
  readonly event: FeedEvent
  readonly watchers: number
}

export interface FeedParts {
  broker: Broker
  replay: Replay
  states: StreamStates
  checkMs: number
  /** When which feed is to be compared with its stream. */
  agenda: Agenda<Feed>
  onPush: (push: Push) => void
  /** What got lost on the way is read from the stream. */
  onRepair: () => void
  /** A check found the stream elsewhere: an event is on its way, or is lost. */
  onMismatch: () => void
  onFault: (error: unknown, source: Source) => void
}
