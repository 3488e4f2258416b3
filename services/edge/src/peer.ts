import type { IncomingMessage } from 'node:http'

const ADDRESS_MAX = 64
const USER_AGENT_MAX = 256

/** Who is at the other end, as far as the upgrade tells. */
export interface Peer {
  readonly address: string | undefined
  readonly userAgent: string | undefined
}

/**
 * The peer of a request. With `trustedHops` proxies of ours in front, the address is the one the
 * outermost of them saw; what stands before it in the header is anybody's word and not believed.
 */
export const peerOf = ({ headers, socket }: IncomingMessage, trustedHops: number): Peer => {
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',')
  const hops = forwarded
    .split(',')
    .map((hop) => hop.trim())
    .filter((hop) => hop !== '')
  const address = trustedHops > 0 ? hops.at(-trustedHops) : undefined
  return {
    address: (address ?? socket.remoteAddress)?.slice(0, ADDRESS_MAX),
    userAgent: headers['user-agent']?.slice(0, USER_AGENT_MAX),
  }
}
