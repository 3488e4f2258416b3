import type { ChannelName, Failure, GapReason } from '@meshboard/contracts/client'
import type { ChannelEvent, Position, SnapshotOf } from './mesh-types.ts'

/** Events that cannot be had any more: numbers `from` to `to` of the channel, and why. */
export interface Gap {
  readonly channel: string
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly from: number
  readonly to: number
  readonly reason: GapReason
}

/** What to watch of a channel, from where, and who hears. */
export interface WatchOptions<C extends ChannelName> {
  /**
   * Where to begin: after a position that an application stored, with the last few events, or after
   * a time (RFC 3339). Without it: from now on; a `state` channel begins with a snapshot.
   */
  since?: Position | { last: number } | { time: string }
  params?: Record<string, string>
  /** Only events whose fields have these values; the contract says which fields. */
  filter?: Record<string, string>
  /** Each event of a `log` channel once and in order; with it the watch is not to be iterated. */
  onEvent?: (event: ChannelEvent<C>) => void
  /** The whole state, in pages while `more`; of a `state` channel first of all, of others after a gap. */
  onSnapshot?: (data: SnapshotOf<C>, page: { seq: number; more: boolean }) => void
  /** Something is missing for good: ask for the state anew. The client's `gap` event says it too. */
  onGap?: (gap: Gap) => void
  /** The edge ended the watch, or refused it. */
  onEnd?: (failure: Failure) => void
}

/**
 * A running watch. It survives lost connections: on a `log` channel each event comes once and in
 * order, from where the last one was; a `state` channel converges by a fresh snapshot; a `live` one
 * goes on with what comes.
 *
 * Without `onEvent` it is read with `for await`, by one reader. A slow reader loses nothing of a
 * `log` channel (the watch stops and takes the rest from the stream), and the oldest of the others.
 * Leaving the loop closes the watch; a watch the edge ends throws the failure into it.
 */
export interface Watch<C extends ChannelName> extends AsyncIterable<ChannelEvent<C>> {
  readonly channel: C
  /** Up to where the application has had the events; undefined until that is known. */
  readonly position: Position | undefined
  /** Settles when the edge has first confirmed the watch; rejects when it refuses it. */
  readonly ready: Promise<void>
  /** Ends it. Nothing is heard of it any more. */
  close(): void
}
