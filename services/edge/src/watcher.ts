import type { FeedEvent, Gap } from './feed-event.ts'

/** Who gets a feed's events: each once, in the order of `n`, and a word about every hole. */
export interface Watcher {
  event(event: FeedEvent): void
  /** The feed goes on after `gap`; the watcher has been taken out and catches up to join again. */
  gap(gap: Gap): void
}
