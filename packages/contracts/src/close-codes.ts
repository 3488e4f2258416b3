/** What a client does after a close, by the range of its code. */
export type AfterClose = 'stop' | 'sign_in' | 'reconnect' | 'reconnect_later' | 'back_off'

/** The close codes of `/ws/v1`, with the text that goes with each. */
export const CLOSE_CODES = {
  not_a_frame: { code: 4000, reason: 'not a frame' },
  wrong_version: { code: 4001, reason: 'protocol version not spoken here' },
  duplicate_id: { code: 4003, reason: 'id already in use' },
  auth_timeout: { code: 4100, reason: 'no login in time' },
  auth_failed: { code: 4101, reason: 'login refused' },
  auth_expired: { code: 4102, reason: 'login expired' },
  revoked: { code: 4103, reason: 'session revoked' },
  replaced: { code: 4104, reason: 'replaced by a newer connection' },
  origin: { code: 4105, reason: 'origin not allowed' },
  internal: { code: 4200, reason: 'internal error' },
  no_pong: { code: 4202, reason: 'nothing heard from you' },
  draining: { code: 4300, reason: 'server restarts' },
  rebalance: { code: 4301, reason: 'move to another server' },
  slow: { code: 4302, reason: 'reading too slowly' },
  overload: { code: 4303, reason: 'server too busy' },
  too_many_of_user: { code: 4400, reason: 'too many connections of this user' },
  too_many_of_node: { code: 4401, reason: 'too many connections here' },
  rate: { code: 4402, reason: 'too many messages' },
} as const

/** What follows from a close code: ours by range, the standard ones (RFC 6455) by their meaning. */
export const afterClose = (code: number): AfterClose => {
  if (code >= 4000 && code < 4100) return 'stop'
  if (code >= 4100 && code < 4200) return 'sign_in'
  if (code >= 4300 && code < 4400) return 'reconnect_later'
  if (code >= 4400 && code < 4500) return 'back_off'
  // By the WebSocket library, of a message in too many pieces.
  if (code === 1008) return 'back_off'
  return code === 1002 || code === 1007 || code === 1009 ? 'stop' : 'reconnect'
}
