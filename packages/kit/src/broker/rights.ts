import {
  ADVISORY_STREAM,
  CANARIES,
  type Contract,
  DEAD_STREAM,
  DISCOVERY_VERBS,
  FEEDS,
  type PlacedChannel,
  type Procedure,
  REDRIVE_STREAM,
  SIGNALS,
  advisoryDurable,
  auth,
  cancelSubject,
  deadSubject,
  discoverySubjects,
  durableName,
  eventSubjects,
  feedSubjects,
  inboxPrefix,
  leaderElectedSubject,
  localName,
  ownSignals,
  redriveDurable,
  rpcSubject,
  rpcSubjects,
  serviceOf,
  streamName,
} from '@meshboard/contracts'

/** What a service may do on the broker follows from this, and from nothing else. */
export interface Rights {
  readonly service: string
  readonly contract: Contract | undefined
  readonly consumers: readonly { name: string; event: { name: string } }[]
  readonly uses: Uses
  /** Strangers talk to it: it gets an account of its own, with just what it needs imported. */
  readonly isolated: boolean
}

/** The procedures a service calls, and the channels whose events it relays. */
export interface Uses {
  readonly calls: readonly Procedure[]
  readonly channels?: readonly PlacedChannel[]
}

/** Subjects that a broker user may publish and subscribe to; all else is refused by the broker. */
export interface Allowed {
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
}

/** The user of who runs the mesh: its tools. */
export const OPERATOR = 'operator'

/** Where the broker has a reply of one account go to another's. */
const REPLIES_OVER = '_R_.>'
const INBOXES = ['_INBOX.>', REPLIES_OVER]

/** What the user of a service may publish and subscribe to. */
export const rightsOf = (rights: Rights): Allowed => {
  const parts = [
    calling(rights),
    answering(rights),
    checking(rights),
    storing(rights),
    signalling(rights),
    consuming(rights),
    relaying(rights),
    discoverable(rights),
    hearingItself(rights),
  ]
  return {
    publish: sorted(parts.flatMap(({ publish }) => publish)),
    subscribe: sorted(parts.flatMap(({ subscribe }) => subscribe)),
  }
}

const sorted = (subjects: readonly string[]): string[] => [...new Set(subjects)].toSorted()

const NOTHING: Allowed = { publish: [], subscribe: [] }

/** The procedures it uses, and a way to say that it no longer waits. */
const calling = ({ service, uses }: Rights): Allowed => {
  const called = uses.calls.map(({ name }) => rpcSubject(serviceOf(name), localName(name)))
  const targets = uses.calls.map(({ name }) => serviceOf(name))
  return {
    publish: [...called, ...targets.map(cancelSubject)],
    subscribe: [`${inboxPrefix(service)}.>`],
  }
}

/** Whether a service proves callers by their tokens. */
export const checksTokens = ({ contract, uses }: Pick<Rights, 'contract' | 'uses'>): boolean =>
  uses.calls.some(({ name }) => name === auth.procedures.jwks.name) ||
  Object.values(contract?.procedures ?? {}).some(
    ({ access }) => access !== 'public' && access !== 'service',
  )

/** Auth's keys, and the sessions that ended before their time. */
const checking = (rights: Rights): Allowed =>
  checksTokens(rights)
    ? {
        publish: [
          rpcSubject('auth', localName(auth.procedures.jwks.name)),
          rpcSubject('auth', localName(auth.procedures.listRevoked.name)),
          cancelSubject('auth'),
        ],
        subscribe: [feedSubjects('auth', auth.events.sessionRevoked.topic)],
      }
    : NOTHING

const answering = ({ service, contract }: Rights): Allowed =>
  Object.keys(contract?.procedures ?? {}).length === 0
    ? NOTHING
    : {
        publish: INBOXES,
        subscribe: [`${rpcSubjects(service)} ${service}`, cancelSubject(service)],
      }

const storing = ({ service, contract }: Rights): Allowed =>
  Object.keys(contract?.events ?? {}).length === 0
    ? NOTHING
    : {
        publish: [eventSubjects(service), `$JS.API.STREAM.INFO.${streamName(service)}`],
        subscribe: [],
      }

const signalling = ({ service, contract }: Rights): Allowed =>
  Object.keys(contract?.signals ?? {}).length === 0
    ? NOTHING
    : { publish: [ownSignals(service)], subscribe: [] }

/**
 * Each consumer's own durable and dead letters, and how full their stream is; what is given to it
 * again, and what the broker gave up, which it reads from the stream it consumes.
 */
const consuming = ({ service, consumers }: Rights): Allowed => {
  if (consumers.length === 0) return NOTHING
  const streamOf = (consumer: Rights['consumers'][number]) =>
    streamName(serviceOf(consumer.event.name))
  return {
    publish: [
      ...consumers.flatMap((consumer) => [
        ...pulling(streamOf(consumer), durableName(service, consumer.name)),
        deadSubject(service, consumer.name),
        readsOf(streamOf(consumer)),
      ]),
      ...pulling(REDRIVE_STREAM.name, redriveDurable(service)),
      readsOf(REDRIVE_STREAM.name),
      ...pulling(ADVISORY_STREAM.name, advisoryDurable(service)),
      `$JS.API.STREAM.INFO.${DEAD_STREAM.name}`,
    ],
    subscribe: [],
  }
}

const pulling = (stream: string, durable: string): string[] => [
  `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
  `$JS.ACK.${stream}.${durable}.>`,
  `$JS.ACK.*.*.${stream}.${durable}.>`,
]

const readsOf = (stream: string): string => `$JS.API.DIRECT.GET.${stream}`

const relaying = ({ uses: { channels } }: Rights): Allowed =>
  channels
    ? {
        publish: channels
          .filter(({ channel }) => channel.class !== 'live')
          .map(({ service }) => readsOf(streamName(service))),
        subscribe: relayedOf(channels),
      }
    : NOTHING

/** What a door hears for its clients: copies of events, word of some that may be lost, and signals. */
export const relayedOf = (channels: Uses['channels']): string[] =>
  channels
    ? [
        FEEDS,
        ...channels.map(({ service }) => leaderElectedSubject(streamName(service))),
        ...channels.flatMap(({ channel }) => (channel.signal ? [SIGNALS] : [])),
      ]
    : []

/** Tools ask all services, those of a name, or one instance; only who runs the mesh is answered. */
const discoverable = ({ service, contract, isolated }: Rights): Allowed => {
  const answersAll = Object.keys(contract?.procedures ?? {}).length > 0
  const toTools = isolated ? REPLIES_OVER : `${inboxPrefix(OPERATOR)}.>`
  return { publish: answersAll ? [] : [toTools], subscribe: discoveryOf(service) }
}

/** A door in an account of its own may send itself what comes to it as feeds do. */
const hearingItself = ({ uses: { channels }, isolated }: Rights): Allowed =>
  channels && isolated ? { publish: [CANARIES], subscribe: [] } : NOTHING

/** Every subject on which a service is asked for itself. */
export const discoveryOf = (service: string): string[] =>
  DISCOVERY_VERBS.flatMap((verb) => discoverySubjects(verb, service, '*'))
