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
  /** On a failed reply: no handler has seen the call, so it may be sent again whatever it does. */
  unstarted: 'mesh-unstarted',
  /** The event's name, `earnings.credited`. */
  event: 'mesh-event',
  /** The event's place among those of its topic and key: 1, 2, 3 … without holes. */
  n: 'mesh-n',
  /** The subject it was raised for; a copy that somebody had stored elsewhere gives itself away. */
  subject: 'mesh-subject',
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

/**
 * What a dead letter says of itself, besides the headers it arrived with. `id` and `subject` are
 * also what makes a redriven message the event it was.
 */
export const DEAD_HEADERS = {
  /** The id of the event, also when it was redriven before. */
  id: 'mesh-dead-id',
  /** One sentence: why. */
  reason: 'mesh-dead-reason',
  /** `undecodable`, `permanent`, `exhausted` or `crashed`. */
  kind: 'mesh-dead-kind',
  /** The stream it was taken from, and its position there. */
  stream: 'mesh-dead-stream',
  seq: 'mesh-dead-seq',
  /** The subject the event was first stored under. */
  subject: 'mesh-dead-subject',
  /** How often it was delivered. */
  attempt: 'mesh-dead-attempt',
  /** When it was given up, RFC 3339. */
  time: 'mesh-dead-time',
  service: 'mesh-dead-service',
  consumer: 'mesh-dead-consumer',
  /** The trace of the attempt that failed. */
  trace: 'mesh-dead-trace',
} as const

/** On a redriven event: the run of a replay, for consumers that may see an event any number of times. */
export const REPLAY_HEADER = 'mesh-replay'
