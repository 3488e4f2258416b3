import { failure } from './failure.ts'

/**
 * The only place where a NATS subject is built or taken apart. Nothing a client sends becomes part
 * of a subject without passing `subjectToken`.
 */

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/

/** A value that may stand between two dots of a subject. Fails `invalid`, naming `field`. */
export const subjectToken = (value: string, field = 'id'): string => {
  if (TOKEN.test(value)) return value
  throw failure('invalid', { fields: { [field]: ['Use 1 to 64 letters, digits, "-" or "_".'] } })
}

/** `rpc.<service>.<procedure>`, from major version 2 on `rpc.<service>.v2.<procedure>`. */
export const rpcSubject = (service: string, procedure: string, major = 1): string =>
  `rpc.${subjectToken(service)}.${major > 1 ? `v${major}.` : ''}${subjectToken(procedure)}`

/** All procedures of a service. */
export const rpcSubjects = (service: string): string => `rpc.${subjectToken(service)}.>`

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

/** How a stream copies what it stores to the feed; the same on every stream. */
export const REPUBLISH = { src: 'evt.>', dest: 'feed.>' } as const

/** All feeds. */
export const FEEDS = 'feed.>'

/** Where a consumer's dead letters are stored. */
export const deadSubject = (service: string, consumer: string): string =>
  `dead.${subjectToken(service)}.${subjectToken(consumer)}`

/** The stream of a service's events. */
export const streamName = (service: string): string =>
  `EVT_${subjectToken(service).toUpperCase().replaceAll('-', '_')}`

/** The stream of all dead letters, and its subjects. */
export const DEAD_STREAM = { name: 'DEAD', subjects: 'dead.>' } as const

/** The durable name of a service's consumer. */
export const durableName = (service: string, consumer: string): string =>
  `${subjectToken(service)}_${subjectToken(consumer)}`

/** The root of a service's private reply subjects. */
export const inboxPrefix = (service: string): string => `_INBOX.${subjectToken(service)}`

/** Where a responder may send a reply: an inbox, or the broker's own subject for another account's. */
export const isReplySubject = (subject: string): boolean =>
  subject.startsWith('_INBOX.') || subject.startsWith('_R_.')

/** The parts of an event's subject (`evt.` or `feed.`), or undefined when it is none. */
export const parseEventSubject = (
  subject: string,
): { service: string; topic: string; key: string } | undefined => {
  const [kind, service, topic, key, ...rest] = subject.split('.')
  if ((kind !== 'evt' && kind !== 'feed') || !service || !topic || !key || rest.length > 0)
    return undefined
  return { service, topic, key }
}

/** The stored subject behind a feed's. */
export const storedSubject = (feed: string): string => `evt${feed.slice('feed'.length)}`
