/**
 * The headers of a message. Names are lower case and read without regard to case. Fields the edge
 * must know travel here, since it parses no payload. `nats-*` headers belong to the broker.
 */
export const HEADERS = {
  /** When the call stops making sense: milliseconds since 1970. Set by the first hop. */
  deadline: 'mesh-deadline',
  /** Milliseconds that were left when this hop was sent; guards against clocks that differ. */
  budget: 'mesh-budget-ms',
  /** Names one attempt of a call to its two ends; who knows it may cancel it. */
  callId: 'mesh-call-id',
  /** The access token of the user who asks. */
  token: 'mesh-token',
  /** Makes a repeated call have one effect. */
  idempotencyKey: 'mesh-idempotency-key',
  /** W3C trace context. */
  traceparent: 'traceparent',
  /** On a reply: the code of the failure it carries (absent on success). */
  failure: 'mesh-failure',
  /** The event's name, `earnings.credited`. */
  event: 'mesh-event',
  /** The event's place among those of its topic and key: 1, 2, 3 … without holes. */
  n: 'mesh-n',
  /** When the event happened, RFC 3339. */
  time: 'mesh-time',
  /** The version of the contract the event was written under. */
  contract: 'mesh-contract',
  /** For `state` channels: the newest event of one state key replaces the older ones. */
  stateKey: 'mesh-state-key',
  /** The event's id; the broker's own header, so that it drops repeats within its window. */
  messageId: 'Nats-Msg-Id',
} as const

/** The header that carries the filter field `name` of an event. */
export const filterHeader = (name: string): string => `mesh-filter-${name}`

/** The status and text headers of a failed reply, as NATS service tools expect them (ADR-32). */
export const SERVICE_ERROR = {
  text: 'Nats-Service-Error',
  code: 'Nats-Service-Error-Code',
} as const
