import {
  type ConfigOf,
  choice,
  defineConfig,
  doorConfig,
  integer,
  list,
  redisCaFile,
  redisUrl,
  text,
} from '@meshboard/kit'

/** What the gateway can be told besides what every service can. */
export const config = defineConfig({
  host: text({
    env: 'GATEWAY_HOST',
    meaning: 'Address the door listens on.',
    default: '127.0.0.1',
  }),
  port: integer({
    env: 'GATEWAY_PORT',
    meaning: 'Port the door listens on; 0: any free one.',
    default: 8080,
    min: 0,
    max: 65_535,
  }),
  ...doorConfig('GATEWAY'),
  trustedHops: integer({
    env: 'GATEWAY_TRUSTED_HOPS',
    meaning:
      "Proxies in front that add to X-Forwarded-For and set X-Forwarded-Proto; 0: the headers are ignored and the socket's address counts.",
    default: 0,
    min: 0,
    max: 10,
  }),
  corsOrigins: list({
    env: 'GATEWAY_CORS_ORIGINS',
    meaning:
      'Origins whose pages may call the API, comma-separated, or *; those of others get no CORS headers.',
    default: '',
  }),
  bodyBytesMax: integer({
    env: 'GATEWAY_BODY_BYTES_MAX',
    meaning: 'Size of a request body, bytes; a larger one is refused with 413.',
    default: 65_536,
    min: 1_024,
    max: 1_048_576,
  }),
  headerBytesMax: integer({
    env: 'GATEWAY_HEADER_BYTES_MAX',
    meaning: 'Size of request line and headers together, bytes; larger ones are refused with 431.',
    default: 8_192,
    min: 6_144,
    max: 65_536,
  }),
  headersTimeoutMs: integer({
    env: 'GATEWAY_HEADERS_TIMEOUT_MS',
    meaning: 'Time for a client to send its headers; then 408 and the connection is closed.',
    default: 5_000,
    min: 100,
    max: 60_000,
  }),
  requestTimeoutMs: integer({
    env: 'GATEWAY_REQUEST_TIMEOUT_MS',
    meaning:
      'Time for a client to send a whole request, not less than that for the headers; then 408 and the connection is closed.',
    default: 30_000,
    min: 100,
    max: 300_000,
  }),
  silenceMs: integer({
    env: 'GATEWAY_SILENCE_MS',
    meaning:
      'Time without a byte in either direction during a request; then the connection is closed.',
    default: 60_000,
    min: 100,
    max: 600_000,
  }),
  keepAliveMs: integer({
    env: 'GATEWAY_KEEP_ALIVE_MS',
    meaning:
      "Time an idle connection is kept for the next request, longer than a proxy's own; then it is closed.",
    default: 65_000,
    min: 100,
    max: 600_000,
  }),
  connectionsMax: integer({
    env: 'GATEWAY_CONNECTIONS_MAX',
    meaning: 'Open connections of this process; the next one is closed at once.',
    default: 10_000,
    min: 1,
    max: 100_000,
  }),
  drainMs: integer({
    env: 'GATEWAY_DRAIN_MS',
    meaning:
      'How long a stopping process goes on taking requests, so that those who send them see that it is not ready; each answer then ends its connection. Longer than they take to look.',
    default: 1_000,
    min: 0,
    max: 600_000,
  }),
  callMsMax: integer({
    env: 'GATEWAY_CALL_MS_MAX',
    meaning: 'Time a call may take, whatever its contract allows; then 504.',
    default: 10_000,
    min: 10,
    max: 60_000,
  }),
  attemptsMax: integer({
    env: 'GATEWAY_UNSUCCESSFUL_ATTEMPTS_MAX',
    meaning:
      'Unsuccessful calls without a token that an address (IPv6: its /64) may make in a window; then 429 until its end.',
    default: 10,
    min: 1,
    max: 1_000_000,
  }),
  attemptsWindowSeconds: integer({
    env: 'GATEWAY_ATTEMPTS_WINDOW_SECONDS',
    meaning: 'How long that window lasts.',
    default: 60,
    min: 1,
    max: 86_400,
  }),
  attemptsWaitingMax: integer({
    env: 'GATEWAY_ATTEMPTS_WAITING_MAX',
    meaning:
      'Such calls of one address that wait while as many as may still fail are under way; the next is refused with 429 for a second.',
    default: 100,
    min: 1,
    max: 10_000,
  }),
  publicCacheSeconds: integer({
    env: 'GATEWAY_PUBLIC_CACHE_SECONDS',
    meaning:
      'How long anybody may keep an answer that is the same for everybody (the token keys, the documents).',
    default: 60,
    min: 0,
    max: 86_400,
  }),
  catalog: choice({
    env: 'GATEWAY_CATALOG',
    meaning:
      'Whether whoever reaches this door is shown what the whole mesh says: /catalog, /catalog.json, /asyncapi.json, /catalog-info.yaml; hidden: they are answered with 404.',
    default: 'shown',
    of: ['shown', 'hidden'],
  }),
  redisUrl,
  redisCaFile,
})

/** The gateway's configuration as it was read. */
export type GatewayConfig = ConfigOf<typeof config>
