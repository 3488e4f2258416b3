import {
  type Contract,
  FEEDS,
  type PlacedChannel,
  type Procedure,
  deadSubject,
  durableName,
  eventSubjects,
  inboxPrefix,
  localName,
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

interface Allowed {
  publish: string[]
  subscribe: string[]
}

/** The user that makes streams and durables. */
export const PROVISIONER = 'provisioner'

const INBOXES = ['_INBOX.>', '_R_.>']

/** What the user of a service may publish and subscribe to; all else is refused by the broker. */
export const rightsOf = (rights: Rights): Allowed => {
  const { service, contract, consumers, uses } = rights
  const procedures = Object.values(contract?.procedures ?? {})
  const answers = procedures.length > 0
  const provesCallers = procedures.some(({ access }) => !['public', 'service'].includes(access))
  const stores = contract && Object.keys(contract.events).length > 0
  return {
    publish: sorted([
      ...uses.calls.map((procedure) =>
        rpcSubject(serviceOf(procedure.name), localName(procedure.name)),
      ),
      ...(uses.channels ?? []).flatMap(({ service: source }) => readsOf(source)),
      ...(answers ? INBOXES : []),
      ...(provesCallers ? [rpcSubject('auth', 'jwks')] : []),
      ...(stores ? [eventSubjects(service), `$JS.API.STREAM.INFO.${streamName(service)}`] : []),
      ...consumers.flatMap((consumer) => [
        ...consumptionOf(service, consumer),
        deadSubject(service, consumer.name),
      ]),
    ]),
    subscribe: sorted([
      `${inboxPrefix(service)}.>`,
      ...(answers ? [`${rpcSubjects(service)} ${service}`] : []),
      ...(uses.channels ? [FEEDS] : []),
    ]),
  }
}

const sorted = (subjects: readonly string[]): string[] => [...new Set(subjects)].toSorted()

const readsOf = (service: string): string[] => [`$JS.API.DIRECT.GET.${streamName(service)}`]

const consumptionOf = (
  service: string,
  consumer: { name: string; event: { name: string } },
): string[] => {
  const stream = streamName(serviceOf(consumer.event.name))
  const durable = durableName(service, consumer.name)
  return [
    `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
    `$JS.ACK.${stream}.${durable}.>`,
    `$JS.ACK.*.*.${stream}.${durable}.>`,
  ]
}

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
    ...block('users', [provisioner(), ...inside.map(user)]),
    ...block(
      'exports',
      isolated.flatMap((door) => crossings(door).map((c) => exportTo(door, c))),
    ),
    '  }',
    ...isolated.flatMap((door) => [
      `  ${accountOf(door)} {`,
      ...block('users', [user(door)]),
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

const user = (rights: Rights): string => {
  const { publish, subscribe } = rightsOf(rights)
  return [
    `{ user: ${rights.service}, password: ${passwordOf(rights.service)}, permissions: {`,
    `    publish: { allow: [${publish.map(quote).join(', ')}] }`,
    `    subscribe: { allow: [${subscribe.map(quote).join(', ')}] } } }`,
  ].join('\n      ')
}

const provisioner = () =>
  [
    `{ user: ${PROVISIONER}, password: ${passwordOf(PROVISIONER)}, permissions: {`,
    `    publish: { allow: ["$JS.>", "$SRV.>", "rpc.>"] }`,
    `    subscribe: { allow: ["${inboxPrefix(PROVISIONER)}.>", "evt.>", "feed.>", "$JS.EVENT.>"] } } }`,
  ].join('\n      ')

const passwordOf = (name: string): string =>
  `$NATS_PASSWORD_${name.toUpperCase().replaceAll('-', '_')}`

const quote = (subject: string): string => JSON.stringify(subject)

const block = (name: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`    ${name}: [`, ...lines.map((line) => `      ${line}`), '    ]']
