import { type ClientOptions, WebSocket } from 'ws'
import type { Transport } from './transport.ts'

/** The largest message taken from a server: four times the largest frame the edge sends by default. */
const MESSAGE_BYTES_MAX = 1024 * 1024
/** How long a peer may take to answer a close frame before its connection is cut. */
const CLOSE_TIMEOUT_MS = 3_000

/** The transport for Node.js, over `ws`. */
export const openSocket: Transport = ({ url, subprotocol, openTimeoutMs }, listener) => {
  const options: ClientOptions & { closeTimeout: number } = {
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
    handshakeTimeout: openTimeoutMs,
    closeTimeout: CLOSE_TIMEOUT_MS,
  }
  const socket = new WebSocket(url, subprotocol, options)
  let fault = ''
  socket.on('error', (error: Error & { code?: string }) => {
    fault = error.message || (error.code ?? error.name)
  })
  socket.on('message', (data, isBinary) => {
    if (!isBinary) listener.text((data as Buffer).toString())
  })
  socket.on('close', (code, reason) => listener.closed(code, String(reason) || fault))
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
    },
    close: (code, reason) => socket.close(code, reason),
  }
}
