import { allContracts } from '@meshboard/contracts'
import type { Forged } from '@meshboard/testkit'
import { services } from '../src/mesh.ts'
import { rules } from './broker-rule.ts'

const streams = [
  ...allContracts.map(({ name }) => `EVT_${name.toUpperCase()}`),
  ...['DEAD', 'REDRIVE', 'AUDIT', 'ADVISORY'],
]

const FULL = process.env['MESH_TEST_FULL'] === '1'
const OF_STREAMS = ['DELETE', 'PURGE', 'UPDATE', 'MSG.DELETE']
const OF_DURABLES = ['DELETE', 'RESET']

/** Orders to the broker that would take something away, or change it; in full, all there are. */
export const ORDERS: readonly string[] = [
  ...streams.flatMap((stream) =>
    [...OF_STREAMS, ...(FULL ? ['CREATE', 'RESTORE', 'PEER.REMOVE', 'SNAPSHOT'] : [])].map(
      (verb) => `$JS.API.STREAM.${verb}.${stream}`,
    ),
  ),
  ...services.flatMap((service) =>
    service.consumers.flatMap(({ name, event }) => {
      const stream = `EVT_${event.name.split('.')[0]?.toUpperCase()}`
      return [...OF_DURABLES, ...(FULL ? ['PAUSE', 'UNPIN', 'DURABLE.CREATE', 'CREATE'] : [])].map(
        (verb) => `$JS.API.CONSUMER.${verb}.${stream}.${service.name}_${name}`,
      )
    }),
  ),
]

/** Where what looks like an event, a feed, a dead letter or an answer would be taken for one. */
export const PLACES = (key: string): string[] => [
  ...allContracts.flatMap(({ name, events }) =>
    Object.values(events).flatMap(({ topic }) => [
      `evt.${name}.${topic}.${key}`,
      `feed.${name}.${topic}.${key}`,
    ]),
  ),
  ...services.flatMap(({ name, consumers }) => [
    `_INBOX.${name}.x`,
    ...consumers.flatMap((consumer) => [
      `dead.${name}.${consumer.name}`,
      `redrive.${name}.${consumer.name}`,
    ]),
  ]),
  ...['audit.dead.redrive', '_INBOX.operator.x', 'sig.network.typing.x', 'rpc.auth.jwks'],
]

const NOTHING_THERE = '{"seq":999999999}'

const bodiesOf = (subject: string): string[] => {
  if (subject.includes('.DIRECT.GET.')) return ['{"seq":1}', NOTHING_THERE]
  if (subject.includes('.MSG.NEXT.')) return ['{"batch":1,"no_wait":true}']
  return subject.startsWith('$JS.ACK') ? ['+ACK', '+NXT'] : ['']
}

/** Every request that a user may make and that is answered. */
export const requestsOf = (user: string): Forged[] => {
  const { publish = [] } = rules.find((rule) => rule.user === user) ?? {}
  return publish
    .filter((pattern) => /^(rpc|\$JS)\./.test(pattern) && !pattern.includes('*'))
    .map((pattern) => pattern.replace(/>$/, '1.1.1.1.1'))
    .flatMap((subject) => bodiesOf(subject).map((data) => ({ subject, data })))
}

/** Each request with each place to answer to. */
export const forgeries = (requests: readonly Forged[], replies: readonly string[]): Forged[] =>
  requests.flatMap((request) => replies.map((reply) => ({ ...request, reply })))
