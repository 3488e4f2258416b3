/** Who hears from a socket. Nothing is called after `closed`. */
export interface SocketListener {
  text(text: string): void
  /** Once, however the socket ended. 1006: without a close frame; `reason` is then the system's word. */
  closed(code: number, reason: string): void
}

/** A WebSocket as the client needs it. Whoever opened it closes it. */
export interface Socket {
  /** Queues a text frame; silently nothing once the socket has ended. */
  send(text: string): void
  /** Begins the closing handshake, or gives up the opening one. `code`: 1000 or 3000 to 4999. */
  close(code: number, reason: string): void
}

/** What a transport is to open. */
export interface SocketTarget {
  /** `ws://` or `wss://`. */
  url: string
  subprotocol: string
  /** Milliseconds until an opening handshake without an answer counts as failed. */
  openTimeoutMs: number
}

/**
 * The port to the outside: opens one socket. It never throws, and calls the listener only after it
 * has returned; a failure to open arrives as `closed`.
 */
export type Transport = (target: SocketTarget, listener: SocketListener) => Socket
