import type { CLOSE_CODES, PlacedChannel, Role, ServerFrame } from '@meshboard/contracts'
import type { DeviceAnswer } from '../device.ts'
import type { FeedEvent } from '../feed-event.ts'
import type { Received } from '../frames.ts'

/** Why the edge ends a connection; each has its close code. */
export type CloseReason = keyof typeof CLOSE_CODES

/** What a client may be told. */
export type Outgoing = ServerFrame | DeviceAnswer

/** How a door speaks: the same session in other words. What it has no words for stays unsaid. */
export interface Dialect {
  /** Tells encoded frames of one dialect from those of another. */
  readonly name: string
  /** The requests in a text; undefined when it is no frame at all. Never throws. */
  decode(text: string): readonly Received[] | undefined
  encode(frame: Outgoing): string | undefined
  /** The frame of an event, its data spliced in as it came. */
  encodeEvent(event: FeedEvent, shown: Shown): Buffer | undefined
  /** The answer to a text `ping`, where the dialect has one. */
  readonly pong?: string
}

/** As what an event is shown: the channel, and how many before it the filter left out. */
export interface Shown {
  readonly channel: string
  readonly skipped: number
}

/** One path that sockets are opened at. */
export interface Door {
  readonly path: string
  readonly dialect: Dialect
  /** What a client may choose with `Sec-WebSocket-Protocol`, besides `bearer.<token>`. */
  readonly subprotocols: readonly string[]
  /** Whether an access token may stand in the query as `token`. */
  readonly takesQueryToken: boolean
  /** Whether there must be a good token before the upgrade. */
  readonly needsToken: boolean
  /** What a login with these roles watches at this door at once. */
  readonly watches: (roles: readonly Role[]) => readonly PlacedChannel[]
  /** The door as the query of an upgrade narrows it; undefined for a query it does not understand. */
  readonly narrowed?: (query: URLSearchParams) => Door | undefined
  /** Whether its clients keep a connection the way `/ws/v1` has it: pings by frame, renewals, moves. */
  readonly isManaged: boolean
  /** Codes that differ from those of `/ws/v1`. */
  readonly closeCodes: Partial<Record<CloseReason, number>>
}
