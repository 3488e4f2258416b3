/** Asks for one of a user's places. */
export interface PlaceRequest {
  readonly userId: string
  /** Names the socket, over all edges and for ever. */
  readonly socketId: string
  /** The socket this one comes in place of: its place is taken over. */
  readonly replaces?: string | undefined
}

/**
 * How many sockets each user has, over all edges. A place that is not kept up for two minutes is
 * free again, so an edge that died takes none with it.
 */
export interface Places {
  /** Takes a place; false when the user has as many sockets as allowed. Never fails. */
  enter(request: PlaceRequest): Promise<boolean>
  /** Gives it back. Never fails. */
  leave(userId: string, socketId: string): Promise<void>
  /** Says that all places of this process are still taken; once a minute. Never fails. */
  keepUp(): Promise<void>
}

/** How long a place holds by itself, milliseconds. */
export const PLACE_MS = 120_000
