import { isIPv4, isIPv6 } from 'node:net'

/**
 * The name under which an address is counted: an IPv4 address itself, of an IPv6 address the /64,
 * since that is what one client gets. Anything else counts as one.
 */
export const countedAddress = (address: string): string => {
  if (isIPv4(address)) return address
  const [plain = ''] = address.split('%')
  if (!isIPv6(plain)) return 'unknown'
  const groups = groupsOf(plain)
  return mappedIPv4(groups) ?? `${groups.slice(0, 4).join(':')}::/64`
}

/** The eight groups of an IPv6 address, in their shortest spelling. */
const groupsOf = (address: string): string[] => {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  return [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back]
}

/** `::ffff:192.0.2.1` is how a dual-stack socket shows an IPv4 client. */
const mappedIPv4 = (groups: readonly string[]): string | undefined => {
  if (groups.slice(0, 6).join(':') !== '0:0:0:0:0:ffff') return undefined
  const [high, low] = groups.slice(6).map((group) => Number(`0x${group}`))
  if (high === undefined || low === undefined) return undefined
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
