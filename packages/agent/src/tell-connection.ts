import type { Client } from '@meshboard/client'
import type { Report } from './report.ts'

/** Tells what becomes of the client's connection to the edge. */
export const tellConnection = (client: Client, report: Report): void => {
  let connectingAt = performance.now()
  client.on('connecting', () => (connectingAt = performance.now()))
  client.on('ready', ({ userId, sessionId, node }) => {
    const ms = Math.round(performance.now() - connectingAt)
    report({ event: 'connected', user_id: userId, session_id: sessionId, node, ms })
  })
  client.on('degraded', (why) => {
    if (why.cause === 'broker') {
      const message = 'The edge has lost the mesh behind it; it goes on when that is back.'
      return report({ event: 'warning', code: 'unavailable', message })
    }
    const { failure, retryInMs } = why
    report({ event: 'reconnecting', message: failure.message, retry_in_ms: Math.round(retryInMs) })
  })
  client.on('gap', ({ channel, from, to, reason }) => {
    const message = `Events ${from} to ${to} of "${channel}" are missing (${reason}).`
    report({ event: 'warning', code: 'gap', message })
  })
  client.on('warning', ({ code, message }) => {
    if (message !== undefined) report({ event: 'warning', code, message })
  })
}
