import { subjectToken } from './subject-token.ts'

/**
 * The only place where a NATS subject is built or taken apart. Nothing a client sends becomes part
 * of a subject without passing `subjectToken`.
 */

const MAJOR = /^v(?:[2-9]|[1-9]\d{1,3})\./

/**
 * `rpc.<service>.<procedure>`, by the procedure's local name: `v2.getSummary` becomes
 * `rpc.<service>.v2.getSummary`, and no other name may have a dot.
 */
export const rpcSubject = (service: string, procedure: string): string => {
  const [major = ''] = MAJOR.exec(procedure) ?? []
  return `rpc.${subjectToken(service)}.${major}${subjectToken(procedure.slice(major.length))}`
}

/** All procedures of a service. */
export const rpcSubjects = (service: string): string => `rpc.${subjectToken(service)}.>`

/** Every procedure of every service. */
export const ALL_PROCEDURES = 'rpc.>'

/** The subject on which the events of one topic and key are stored, in order. */
export const eventSubject = (service: string, topic: string, key: string): string =>
  `evt.${subjectToken(service)}.${subjectToken(topic)}.${subjectToken(key, 'key')}`

/** All events of a service. */
export const eventSubjects = (service: string): string => `evt.${subjectToken(service)}.>`

/** All events of one topic, whatever their key. */
export const topicSubjects = (service: string, topic: string): string =>
  `evt.${subjectToken(service)}.${subjectToken(topic)}.*`

/** The broker's live copy of each stored event, at most once. */
export const feedSubject = (service: string, topic: string, key: string): string =>
  `feed.${subjectToken(service)}.${subjectToken(topic)}.${subjectToken(key, 'key')}`

/** The feeds of one topic, whatever their key. */
export const feedSubjects = (service: string, topic: string): string =>
  `feed.${subjectToken(service)}.${subjectToken(topic)}.*`

/** How a stream copies what it stores to the feed; the same on every stream. */
export const REPUBLISH = { src: 'evt.>', dest: 'feed.>' } as const

/** All feeds. */
export const FEEDS = 'feed.>'

/** Where a service says what only matters now, to whoever listens to that key. */
export const signalSubject = (service: string, signal: string, key: string): string =>
  `sig.${subjectToken(service)}.${subjectToken(signal)}.${subjectToken(key, 'key')}`

/** One signal of a service, whatever its key. */
export const signalSubjects = (service: string, signal: string): string =>
  `sig.${subjectToken(service)}.${subjectToken(signal)}.*`

/** All signals of a service. */
export const ownSignals = (service: string): string => `sig.${subjectToken(service)}.>`

/** All signals. */
export const SIGNALS = 'sig.>'

/** Where a consumer's dead letters are stored. */
export const deadSubject = (service: string, consumer: string): string =>
  `dead.${subjectToken(service)}.${subjectToken(consumer)}`

/** The stream of a service's events. */
export const streamName = (service: string): string =>
  `EVT_${subjectToken(service).toUpperCase().replaceAll('-', '_')}`

/** The stream of all dead letters, and its subjects. */
export const DEAD_STREAM = { name: 'DEAD', subjects: 'dead.>' } as const

/** Where a caller says that it no longer waits; every instance of the service hears it. */
export const cancelSubject = (service: string): string => `cancel.${subjectToken(service)}`

/** What every service hears of calls given up. */
export const ALL_CANCELS = 'cancel.>'

/** Where an event goes that only this consumer is to take again. */
export const redriveSubject = (service: string, consumer: string): string =>
  `redrive.${subjectToken(service)}.${subjectToken(consumer)}`

/** Everything that the consumers of one service are to take again. */
export const redriveSubjects = (service: string): string => `redrive.${subjectToken(service)}.*`

/** The stream of what consumers are to take again, and its subjects. */
export const REDRIVE_STREAM = { name: 'REDRIVE', subjects: 'redrive.>' } as const

/** The stream of what operators did, and its subjects. */
export const AUDIT_STREAM = { name: 'AUDIT', subjects: 'audit.>' } as const

/** Where an operator's action is written down: `audit.dead.redrive`. */
export const auditSubject = (area: string, action: string): string =>
  `audit.${subjectToken(area)}.${subjectToken(action)}`

/** The stream of the broker's advisories about deliveries it gave up, which nobody else keeps. */
export const ADVISORY_STREAM = {
  name: 'ADVISORY',
  subjects: [
    '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>',
    '$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>',
  ],
} as const

/** Where the broker says that it gave up deliveries of one durable. */
export const exhaustedSubject = (stream: string, durable: string): string =>
  `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${stream}.${durable}`

/** Where the broker says that a stream has a new leader; what the old one had to republish may be lost. */
export const leaderElectedSubject = (stream: string): string =>
  `$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.${stream}`

/** The durable on `REDRIVE` with which a service takes events again. */
export const redriveDurable = (service: string): string => `${subjectToken(service)}_redrive`

/** The durable on `ADVISORY` with which a service learns of deliveries the broker gave up. */
export const advisoryDurable = (service: string): string => `${subjectToken(service)}_advisories`

/** The durable name of a service's consumer. */
export const durableName = (service: string, consumer: string): string =>
  `${subjectToken(service)}_${subjectToken(consumer)}`

/** The root of a service's private reply subjects. */
export const inboxPrefix = (service: string): string => `_INBOX.${subjectToken(service)}`

/** What doors send themselves among the feeds; an event's feed has one part more. */
export const CANARIES = 'feed.canary.*'

/** Where one process of a door hears itself, to see whether feeds still reach it. */
export const canarySubject = (name: string): string => `feed.canary.${subjectToken(name)}`

/** What tools ask of services (ADR-32): who is there, what they answer, how that goes. */
export const DISCOVERY_VERBS = ['PING', 'INFO', 'STATS'] as const

/** Where tools ask all services, those of a name, or one instance of them. */
export const discoverySubjects = (
  verb: (typeof DISCOVERY_VERBS)[number],
  service: string,
  instance: string,
): string[] => {
  const named = `$SRV.${verb}.${subjectToken(service)}`
  return [`$SRV.${verb}`, named, `${named}.${instance === '*' ? '*' : subjectToken(instance)}`]
}

/** A place for answers of a service's own, where it listens as long as it is connected. */
export const isInbox = (subject: string): boolean => subject.startsWith('_INBOX.')

/** Where a responder may send a reply: an inbox, or the broker's own subject for another account's. */
export const isReplySubject = (subject: string): boolean =>
  isInbox(subject) || subject.startsWith('_R_.')

/** The parts of an event's subject (`evt.` or `feed.`) or a signal's (`sig.`), or undefined when it is none. */
export const parseEventSubject = (
  subject: string,
): { service: string; topic: string; key: string } | undefined => {
  const [kind, service, topic, key, ...rest] = subject.split('.')
  if (!KINDS.has(kind ?? '') || !service || !topic || !key || rest.length > 0) return undefined
  return { service, topic, key }
}

const KINDS: ReadonlySet<string> = new Set(['evt', 'feed', 'sig'])

/** The stored subject behind a feed's; a stored one is its own. */
export const storedSubject = (subject: string): string =>
  subject.startsWith('feed.') ? `evt${subject.slice('feed'.length)}` : subject

/** What is asked for of all events; what is left out may be anything. */
export interface EventPattern {
  readonly service?: string
  readonly topic?: string
  readonly key?: string
}

/** The stored events that a pattern asks for. */
export const eventPattern = (pattern: EventPattern): string => `evt.${tokensOf(pattern)}`

/** The live copies of the events that a pattern asks for. */
export const feedPattern = (pattern: EventPattern): string => `feed.${tokensOf(pattern)}`

const tokensOf = ({ service, topic, key }: EventPattern): string =>
  [anyOr(service), anyOr(topic), anyOr(key, 'key')].join('.')

const anyOr = (value: string | undefined, field?: string): string =>
  value === undefined ? '*' : subjectToken(value, field)

/** Whose dead letters a subject holds, or undefined when it holds none. */
export const parseDeadSubject = (
  subject: string,
): { service: string; consumer: string } | undefined => {
  const [kind, service, consumer, ...rest] = subject.split('.')
  if (kind !== 'dead' || !service || !consumer || rest.length > 0) return undefined
  return { service, consumer }
}

/** What nobody may publish to and nobody hears: to see whether the broker refuses it. */
export const NOBODYS = 'nobodys.subject'
