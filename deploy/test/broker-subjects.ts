import { allContracts, localName, serviceOf } from '@meshboard/contracts'
import { OPERATOR, PROVISIONER, SYSTEM_USER } from '@meshboard/kit'
import { services } from '../src/mesh.ts'

const KEY = 'usr_01m7ypdhrge8hafxde6dcny8p9'
const streams = [
  ...allContracts.map(({ name }) => `EVT_${name.toUpperCase()}`),
  ...['DEAD', 'REDRIVE', 'AUDIT', 'ADVISORY', 'EVT_NOBODY'],
]
const consumers = services.flatMap((service) =>
  service.consumers.map(({ name }) => ({ service: service.name, name })),
)
const durables = [
  ...services.flatMap((service) =>
    service.consumers.map(({ name, event }) => ({
      stream: `EVT_${serviceOf(event.name).toUpperCase()}`,
      durable: `${service.name}_${name}`,
    })),
  ),
  ...services.flatMap(({ name }) => [
    { stream: 'REDRIVE', durable: `${name}_redrive` },
    { stream: 'ADVISORY', durable: `${name}_advisories` },
  ]),
]
const FULL = process.env['MESH_TEST_FULL'] === '1'

/** Where somebody might look for a durable: where it is, and elsewhere; in full, everywhere. */
const placesOf = ({ stream }: { stream: string }): readonly string[] =>
  FULL ? streams : [...new Set([stream, 'EVT_EARNINGS'])]
const users = [PROVISIONER, OPERATOR, SYSTEM_USER, ...services.map(({ name }) => name)]
const topics = allContracts.flatMap(({ name, events }) =>
  [...new Set(Object.values(events).map(({ topic }) => topic))].map((topic) => `${name}.${topic}`),
)

const ofContracts = [
  ...allContracts.flatMap(({ name, procedures }) => [
    ...Object.values(procedures).map((one) => `rpc.${name}.${localName(one.name)}`),
    ...[`rpc.${name}.nothing`, `rpc.${name}.v2.getSummary`, `cancel.${name}`],
    ...[`sig.${name}.typing.${KEY}`, `evt.${name}`, `evt.${name}.other.${KEY}`],
  ]),
  ...topics.flatMap((topic) => [`evt.${topic}.${KEY}`, `feed.${topic}.${KEY}`]),
  ...consumers.flatMap(({ service, name }) => [
    `dead.${service}.${name}`,
    `redrive.${service}.${name}`,
  ]),
  ...['dead.nobody.none', 'audit.dead.redrive', 'audit.dead.discard', 'cancel.edge', 'anything'],
  ...['feed.canary.a1', 'feed.canary', 'feed.canary.a.b'],
]

const ofStreams = streams.flatMap((stream) => [
  ...['INFO', 'CREATE', 'UPDATE', 'DELETE', 'PURGE', 'SNAPSHOT', 'RESTORE'].map(
    (verb) => `$JS.API.STREAM.${verb}.${stream}`,
  ),
  ...['MSG.GET', 'MSG.DELETE', 'LEADER.STEPDOWN', 'PEER.REMOVE'].map(
    (verb) => `$JS.API.STREAM.${verb}.${stream}`,
  ),
  ...['LIST', 'NAMES', 'CREATE'].map((verb) => `$JS.API.CONSUMER.${verb}.${stream}`),
  ...[`$JS.API.DIRECT.GET.${stream}`, `$JS.API.DIRECT.GET.${stream}.evt.a.b.c`],
])

const ofDurables = [...durables, { stream: 'EVT_AUTH', durable: 'nobody' }].flatMap((one) =>
  placesOf(one).flatMap((stream) => [
    ...['INFO', 'MSG.NEXT', 'DELETE', 'CREATE', 'DURABLE.CREATE', 'PAUSE', 'RESET'].map(
      (verb) => `$JS.API.CONSUMER.${verb}.${stream}.${one.durable}`,
    ),
    `$JS.ACK.${stream}.${one.durable}.1.1.1.1.1`,
    `$JS.ACK._.hash.${stream}.${one.durable}.1.1.1.1.1`,
  ]),
)

const ofTheBroker = [
  ...['INFO', 'STREAM.LIST', 'STREAM.NAMES', 'META.LEADER.STEPDOWN', 'ACCOUNT.PURGE.MESH'].map(
    (request) => `$JS.API.${request}`,
  ),
  ...['$JS.SNAPSHOT.ACK.EVT_AUTH.x', '$JS.SNAPSHOT.RESTORE.EVT_AUTH.x'],
  ...['VARZ', 'JSZ', 'CONNZ'].map((what) => `$SYS.REQ.SERVER.PING.${what}`),
  ...['RELOAD', 'KICK', 'LDM'].map((what) => `$SYS.REQ.SERVER.a1.${what}`),
  '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.EVT_EARNINGS.network_addPointsOnCredited',
  ...['EVT_EARNINGS', 'EVT_AUTH', 'DEAD'].map(
    (stream) => `$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.${stream}`,
  ),
  ...['$JS.FC.EVT_EARNINGS.x', '$KV.bucket.key', '$O.bucket.C.x', 'nowhere.STREAM.LIST'],
  ...['$SYS.REQ.SERVER.PING', '$SYS.REQ.USER.INFO', '$SYS.ACCOUNT.MESH.CONNECT', '$SYS.x'],
  ...['PING', 'INFO', 'STATS'].flatMap((verb) => [
    `$SRV.${verb}`,
    ...users.flatMap((user) => [`$SRV.${verb}.${user}`, `$SRV.${verb}.${user}.instance`]),
  ]),
  ...users.flatMap((user) => [`_INBOX.${user}.x`, `_INBOX.${user}.x.1`]),
  ...['_INBOX.x', '_R_.x'],
]

/** Every kind of subject that there is, each once, without wildcards. */
export const subjects: readonly string[] = [
  ...new Set([...ofContracts, ...ofStreams, ...ofDurables, ...ofTheBroker]),
]

/** Those that are tried in each of several queues; in full, all. */
export const queued: readonly string[] = FULL
  ? subjects
  : [...ofContracts, ...ofTheBroker].toSorted()

/** Wildcards that somebody might listen to. */
export const wildcards: readonly string[] = [
  ...['>', '*', '*.>', '*.*', 'rpc.>', 'rpc.*.*', 'evt.>', 'feed.>', 'feed.*.*.*', 'sig.>'],
  ...['dead.>', 'redrive.>', 'audit.>', 'cancel.>', 'cancel.*', '$JS.>', '$JS.API.>', '$JS.ACK.>'],
  ...['$JS.EVENT.>', '$SYS.>', '$SRV.>', '$SRV.PING.>', '_INBOX.>', '_INBOX.*.x', '_R_.>'],
  ...services.flatMap(({ name }) => [
    ...[`rpc.${name}.>`, `rpc.${name}.*`, `evt.${name}.>`, `evt.${name}.*.*`, `feed.${name}.>`],
    ...[`_INBOX.${name}.>`, `_INBOX.${name}.*`, `$SRV.PING.${name}.*`, `$SRV.PING.${name}.>`],
    ...[`dead.${name}.>`, `redrive.${name}.*`],
  ]),
]
