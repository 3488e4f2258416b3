import {
  ALL_CANCELS,
  ALL_PROCEDURES,
  AUDIT_STREAM,
  DEAD_STREAM,
  FEEDS,
  REDRIVE_STREAM,
  inboxPrefix,
} from '@meshboard/contracts'
import { type Allowed, type Rights, rightsOf } from './rights.ts'

/** The user that makes streams and durables. */
export const PROVISIONER = 'provisioner'

/** The user of who runs the mesh: its tools. */
export const OPERATOR = 'operator'

/**
 * The broker's accounts and users as its configuration has them: allow-lists only, one user a
 * service, a private inbox each. Passwords come from the broker's environment,
 * `NATS_PASSWORD_<USER>`.
 */
export const permissionsConfig = (services: readonly Rights[]): string => {
  const isolated = services.filter((service) => service.isolated)
  const inside = services.filter((service) => !service.isolated)
  return [
    'accounts {',
    '  MESH {',
    '    jetstream: enabled',
    ...block('users', [
      user(PROVISIONER, PROVISIONER_RIGHTS),
      user(OPERATOR, OPERATOR_RIGHTS),
      ...inside.map((service) => user(service.service, rightsOf(service))),
    ]),
    ...block(
      'exports',
      isolated.flatMap((door) => crossings(door).map((c) => exportTo(door, c))),
    ),
    '  }',
    ...isolated.flatMap((door) => [
      `  ${accountOf(door)} {`,
      ...block('users', [user(door.service, rightsOf(door))]),
      ...block('imports', crossings(door).map(importFromMesh)),
      '  }',
    ]),
    '}',
    '',
  ].join('\n')
}

interface Crossing {
  kind: 'service' | 'stream'
  subject: string
}

const accountOf = ({ service }: Rights): string => service.toUpperCase()

const crossings = (door: Rights): Crossing[] => {
  const { publish } = rightsOf(door)
  return [
    ...publish.map((subject): Crossing => ({ kind: 'service', subject })),
    ...(door.uses.channels ? [{ kind: 'stream', subject: FEEDS } as const] : []),
  ]
}

const exportTo = (door: Rights, { kind, subject }: Crossing): string => {
  const several = subject.startsWith('$JS.API.DIRECT.GET.') ? ', response_type: stream' : ''
  return `{ ${kind}: ${quote(subject)}${several}, accounts: [${accountOf(door)}] }`
}

const importFromMesh = ({ kind, subject }: Crossing): string =>
  `{ ${kind}: { account: MESH, subject: ${quote(subject)} } }`

const user = (name: string, { publish, subscribe }: Allowed): string =>
  [
    `{ user: ${name}, password: ${passwordOf(name)}, permissions: {`,
    `    publish: { allow: [${publish.map(quote).join(', ')}] }`,
    `    subscribe: { allow: [${subscribe.map(quote).join(', ')}] } } }`,
  ].join('\n      ')

/** Who makes streams and durables, and nothing else. */
const PROVISIONER_RIGHTS: Allowed = {
  publish: ['$JS.API.>'],
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

const passwordOf = (name: string): string =>
  `$NATS_PASSWORD_${name.toUpperCase().replaceAll('-', '_')}`

const quote = (subject: string): string => JSON.stringify(subject)

const block = (name: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`    ${name}: [`, ...lines.map((line) => `      ${line}`), '    ]']
