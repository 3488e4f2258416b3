import {
  type ConfigOf,
  defineConfig,
  doorConfig,
  integer,
  list,
  redisCaFile,
  redisUrl,
  secret,
  text,
} from '@meshboard/kit'
import { processSettings } from './process-settings.ts'
import { socketLimits } from './socket-limits.ts'

const HOUR_MS = 60 * 60 * 1000

export const config = defineConfig({
  ...processSettings,
  ...socketLimits,
  host: text({
    env: 'EDGE_HOST',
    meaning: 'Address the doors listen on; 0.0.0.0 for all.',
    default: '127.0.0.1',
  }),
  port: integer({
    env: 'EDGE_PORT',
    meaning: 'Port of the doors; 0: any free one.',
    default: 8081,
    min: 0,
    max: 65_535,
  }),
  ...doorConfig('EDGE'),
  node: text({
    env: 'EDGE_NODE',
    meaning:
      "What this edge calls itself in `welcome`; empty: the host's name. Of several processes each adds its number: `host-1`.",
    default: '',
  }),
  origins: list({
    env: 'EDGE_ORIGINS',
    meaning: 'Origins that browsers may connect from; another is refused with 403. Empty: any.',
    default: '',
  }),
  trustedHops: integer({
    env: 'EDGE_TRUSTED_HOPS',
    meaning:
      'Proxies of ours before this process, whose X-Forwarded-For entries and X-Forwarded-Proto are believed.',
    default: 0,
    min: 0,
    max: 10,
  }),
  connectionsMax: integer({
    env: 'EDGE_CONNECTIONS_MAX',
    meaning: 'Sockets of this process; the next upgrade is refused with 503.',
    default: 50_000,
    min: 1,
    max: 1_000_000,
  }),
  redisUrl,
  redisCaFile,
  userConnectionsMax: integer({
    env: 'EDGE_USER_CONNECTIONS_MAX',
    meaning: 'Sockets of one user over all edges; the next closes with 4400.',
    default: 10,
    min: 1,
    max: 10_000,
  }),
  strangersMax: integer({
    env: 'EDGE_STRANGERS_MAX',
    meaning:
      'Sockets of this process that are not signed in; the next upgrade is refused with 503.',
    default: 2_000,
    min: 1,
    max: 100_000,
  }),
  attemptsMax: integer({
    env: 'EDGE_ATTEMPTS_MAX',
    meaning:
      'Refused or silent logins of one address (of IPv6 the /64) a minute, over all edges; the next upgrade is refused with 429.',
    default: 10,
    min: 1,
    max: 1_000_000,
  }),
  firstFrameMs: integer({
    env: 'EDGE_FIRST_FRAME_MS',
    meaning: 'Time from open to a login under way; then close 4100.',
    default: 5_000,
    min: 50,
    max: 60_000,
  }),
  challengeMs: integer({
    env: 'EDGE_CHALLENGE_MS',
    meaning:
      'How long a challenge may be answered; then a login is refused with `auth_failed`, a renewal gets another.',
    default: 10_000,
    min: 50,
    max: 60_000,
  }),
  refusalDelayMs: integer({
    env: 'EDGE_REFUSAL_DELAY_MS',
    meaning: 'Pause between a refused login and close 4101.',
    default: 250,
    min: 0,
    max: 10_000,
  }),
  authWarningMs: integer({
    env: 'EDGE_AUTH_WARNING_MS',
    meaning: 'How long before its end a login is warned of (`auth_expiring`).',
    default: 60_000,
    min: 0,
    max: HOUR_MS,
  }),
  authGraceMs: integer({
    env: 'EDGE_AUTH_GRACE_MS',
    meaning: 'How long after its end a login may still be renewed; then close 4102.',
    default: 25_000,
    min: 0,
    max: HOUR_MS,
  }),
  ticketSecret: secret({
    env: 'EDGE_TICKET_SECRET',
    meaning:
      'Seals the tickets with which clients come back; the same on every edge. Empty: made at start, so that tickets open at this edge only.',
    default: '',
  }),
  ticketLifeMs: integer({
    env: 'EDGE_TICKET_LIFE_MS',
    meaning:
      'How long a ticket opens, and never longer than its login; then a new login is needed.',
    default: 10 * 60_000,
    min: 1_000,
    max: 10 * 60_000,
  }),
  plainLifeMs: integer({
    env: 'EDGE_PLAIN_LIFE_MS',
    meaning: 'Life of a plain door, whose client cannot renew its login; then close 4102.',
    default: 24 * HOUR_MS,
    min: 100,
    max: 24 * HOUR_MS,
  }),
  replayEventsMax: integer({
    env: 'EDGE_REPLAY_EVENTS_MAX',
    meaning: 'Events a resume may bring; beyond it the client gets a gap, `too_far`.',
    default: 10_000,
    min: 1,
    max: 1_000_000,
  }),
  replayReadsMax: integer({
    env: 'EDGE_REPLAY_READS_MAX',
    meaning: 'Reads of stored events of this process at a time; the next wait in line.',
    default: 64,
    min: 1,
    max: 10_000,
  }),
  positionCheckMs: integer({
    env: 'EDGE_POSITION_CHECK_MS',
    meaning:
      'Time between checks that a watched subject has lost no message, jittered by a quarter.',
    default: 30_000,
    min: 100,
    max: HOUR_MS,
  }),
  feedLingerMs: integer({
    env: 'EDGE_FEED_LINGER_MS',
    meaning: 'How long a subject that nobody watches any more stays subscribed at the broker.',
    default: 5_000,
    min: 0,
    max: HOUR_MS,
  }),
  reconnectWindowMs: integer({
    env: 'EDGE_RECONNECT_WINDOW_MS',
    meaning: 'Over how long clients spread their first try after an unannounced loss.',
    default: 2_000,
    min: 0,
    max: 10 * 60_000,
  }),
  drainMs: integer({
    env: 'EDGE_DRAIN_MS',
    meaning:
      'How long a stopping process lets clients move on; then close 4300 (1012 on plain doors).',
    default: 5_000,
    min: 0,
    max: 10 * 60_000,
  }),
})

export type Config = ConfigOf<typeof config>
