import {
  ALL_CANCELS,
  ALL_PROCEDURES,
  AUDIT_STREAM,
  CANARIES,
  DEAD_STREAM,
  FEEDS,
  REDRIVE_STREAM,
  inboxPrefix,
} from '@meshboard/contracts'
import { type Allowed, OPERATOR, type Rights, discoveryOf, relayedOf, rightsOf } from './rights.ts'
import type { Place } from './provisioner.ts'
import { STREAM_API_EXPORTS, SYSTEM_ACCOUNT, streamApiImports } from './stream-api.ts'
import { SYSTEM_RIGHTS, SYSTEM_USER } from './system.ts'

/** The user that makes streams and durables. */
export const PROVISIONER = 'provisioner'

/** What a broker has besides the services. */
export interface BrokerExtras {
  /** A user in the servers' own account, who looks at them and has them reload. */
  system?: boolean
  /** What no contract has any more, and may be deleted. */
  retired?: readonly Place[]
}

/**
 * The broker's accounts and users as its configuration has them: allow-lists only, one user a
 * service, a private inbox each. Passwords are `$NATS_PASSWORD_<USER>`: of the broker's environment,
 * or lines of the same file.
 */
export const permissionsConfig = (
  services: readonly Rights[],
  { system = false, retired = [] }: BrokerExtras = {},
): string => {
  const isolated = services.filter((service) => service.isolated)
  const inside = services.filter((service) => !service.isolated)
  return [
    ...beginning(system),
    '  MESH {',
    '    jetstream: enabled',
    ...block('users', [...tools(), ...inside.map((one) => user(one.service, rightsOf(one)))]),
    ...block(
      'exports',
      isolated.flatMap((door) => crossings(door).map((c) => exportTo(door, c))),
    ),
    ...block('imports', [
      ...streamApiImports(retired),
      ...isolated.flatMap((door) =>
        discoveryOf(door.service).map((subject) => askAt(door, subject)),
      ),
    ]),
    '  }',
    ...isolated.flatMap((door) => [
      `  ${accountOf(door)} {`,
      ...block('users', [user(door.service, rightsOf(door))]),
      ...block('exports', discoveryOf(door.service).map(answerToMesh)),
      ...block('imports', crossings(door).map(importFromMesh)),
      '  }',
    ]),
    '}',
    '',
  ].join('\n')
}

const beginning = (system: boolean): string[] => [
  `system_account: ${SYSTEM_ACCOUNT}`,
  'accounts {',
  `  ${SYSTEM_ACCOUNT} {`,
  ...block('users', system ? [user(SYSTEM_USER, SYSTEM_RIGHTS)] : []),
  ...block('exports', STREAM_API_EXPORTS),
  '  }',
]

interface Crossing {
  kind: 'service' | 'stream'
  subject: string
}

const accountOf = ({ service }: Rights): string => service.toUpperCase()

const crossings = (door: Rights): Crossing[] => {
  const { publish } = rightsOf(door)
  return [
    ...publish
      .filter((subject) => !subject.startsWith('_') && subject !== CANARIES)
      .map((subject): Crossing => ({ kind: 'service', subject })),
    ...new Set(relayedOf(door.uses.channels))
      .values()
      .map((subject): Crossing => ({ kind: 'stream', subject })),
  ]
}

const exportTo = (door: Rights, { kind, subject }: Crossing): string => {
  const several = subject.startsWith('$JS.API.DIRECT.GET.') ? ', response_type: stream' : ''
  return `{ ${kind}: ${quote(subject)}${several}, accounts: [${accountOf(door)}] }`
}

const importFromMesh = ({ kind, subject }: Crossing): string =>
  `{ ${kind}: { account: MESH, subject: ${quote(subject)} } }`

/** A door answers for itself, once for each instance. */
const answerToMesh = (subject: string): string =>
  `{ service: ${quote(subject)}, response_type: stream, accounts: [MESH] }`

const askAt = (door: Rights, subject: string): string =>
  `{ service: { account: ${accountOf(door)}, subject: ${quote(subject)} } }`

const user = (name: string, { publish, subscribe }: Allowed): string =>
  [
    `{ user: ${name}, password: ${passwordOf(name)}, permissions: {`,
    `    publish: { allow: [${publish.map(quote).join(', ')}] }`,
    `    subscribe: { allow: [${subscribe.map(quote).join(', ')}] } } }`,
  ].join('\n      ')

/** Who makes streams and durables, saves them and brings them back, and nothing else. */
const PROVISIONER_RIGHTS: Allowed = {
  publish: ['$JS.API.>', '$JS.SNAPSHOT.>'],
  subscribe: [`${inboxPrefix(PROVISIONER)}.>`],
}

/**
 * Who looks and mends: calls, discovers, reads streams, gives events to a consumer again, takes dead
 * letters out. Changes no stream and no durable.
 */
const OPERATOR_RIGHTS: Allowed = {
  publish: [
    ALL_PROCEDURES,
    ALL_CANCELS,
    '$SRV.>',
    REDRIVE_STREAM.subjects,
    AUDIT_STREAM.subjects,
    '$JS.API.INFO',
    '$JS.API.STREAM.LIST',
    '$JS.API.STREAM.INFO.*',
    '$JS.API.CONSUMER.LIST.*',
    '$JS.API.CONSUMER.INFO.*.*',
    '$JS.API.DIRECT.GET.*',
    '$JS.API.STREAM.MSG.GET.*',
    `$JS.API.STREAM.MSG.DELETE.${DEAD_STREAM.name}`,
  ],
  subscribe: [`${inboxPrefix(OPERATOR)}.>`, FEEDS],
}

/** The users that are no services. */
const tools = () => [user(PROVISIONER, PROVISIONER_RIGHTS), user(OPERATOR, OPERATOR_RIGHTS)]

const passwordOf = (name: string): string =>
  `$NATS_PASSWORD_${name.toUpperCase().replaceAll('-', '_')}`

const quote = (subject: string): string => JSON.stringify(subject)

const block = (name: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`    ${name}: [`, ...lines.map((line) => `      ${line}`), '    ]']
