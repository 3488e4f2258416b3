import type { Transport } from './transport.ts'

/**
 * The transport over the platform's own `WebSocket`. It knows no timeout for the opening handshake;
 * the connection gives up on its own when no welcome arrives.
 */
export const openSocket: Transport = ({ url, subprotocol }, listener) => {
  const socket = new WebSocket(url, subprotocol)
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') listener.text(data)
  })
  socket.addEventListener('close', ({ code, reason }) => listener.closed(code, reason))
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
    },
    close: (code, reason) => socket.close(code, reason),
  }
}
