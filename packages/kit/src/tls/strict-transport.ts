import type { IncomingMessage } from 'node:http'

/** What decides whether a browser is told to come by HTTPS only. */
export interface StrictTransport {
  /** Proxies of ours in front, whose X-Forwarded-Proto is believed. */
  readonly trustedHops: number
  readonly hstsSeconds: number
}

/**
 * The header that keeps a browser with HTTPS (RFC 6797), where the request came by it: to this process,
 * or, as a trusted proxy says, to that. None otherwise: a browser would not believe it.
 */
export const strictTransport = (
  request: IncomingMessage,
  { trustedHops, hstsSeconds }: StrictTransport,
): Readonly<Record<string, string>> =>
  isSecure(request, trustedHops) ? { 'strict-transport-security': `max-age=${hstsSeconds}` } : {}

const isSecure = ({ socket, headers }: IncomingMessage, trustedHops: number): boolean => {
  if ('encrypted' in socket) return true
  if (trustedHops === 0) return false
  const said = [headers['x-forwarded-proto'] ?? []].flat().join(',').split(',')
  // A proxy that sets the header leaves one word, however many stand before it.
  return (said.at(-trustedHops) ?? said[0])?.trim().toLowerCase() === 'https'
}
