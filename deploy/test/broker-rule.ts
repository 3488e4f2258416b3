import { localName, serviceOf } from '@meshboard/contracts'
import { OPERATOR, PROVISIONER, SYSTEM_USER, type Service } from '@meshboard/kit'
import { services } from '../src/mesh.ts'

/** What a broker user may do: patterns, and of those to listen to some only as one of a queue. */
export interface Rule {
  user: string
  publish: string[]
  subscribe: string[]
  /** Pattern and queue. */
  queues: [pattern: string, queue: string][]
}

const stream = (service: string): string => `EVT_${service.toUpperCase()}`

/** The rule of a service, said a second time: nothing here is taken from the code that generates it. */
const ruleOf = (service: Service): Rule => {
  const { name, uses, consumers, contract } = service
  const procedures = Object.values(contract?.procedures ?? {})
  const used = uses.calls.map((one) => one.name)
  const asksForKeys =
    used.includes('auth.jwks') ||
    procedures.some(({ access }) => ['user', 'analyst', 'admin'].includes(access))
  const called = [...used, ...(asksForKeys ? ['auth.jwks', 'auth.listRevoked'] : [])]
  const pulled = consumers.map((consumer) => ({
    from: stream(serviceOf(consumer.event.name)),
    durable: `${name}_${consumer.name}`,
  }))
  const own = [
    { from: 'REDRIVE', durable: `${name}_redrive` },
    { from: 'ADVISORY', durable: `${name}_advisories` },
  ]
  const durables = consumers.length > 0 ? [...pulled, ...own] : []
  const channels = uses.channels ?? []
  const readable = [
    ...pulled.map(({ from }) => from),
    ...(consumers.length > 0 ? ['REDRIVE'] : []),
    ...channels.map((channel) => stream(channel.service)),
  ]
  const raises = Object.keys(contract?.events ?? {}).length > 0
  return {
    user: name,
    publish: [
      ...called.map((full) => `rpc.${serviceOf(full)}.${localName(full)}`),
      ...called.map((full) => `cancel.${serviceOf(full)}`),
      ...answersTo(service),
      ...(Object.keys(contract?.signals ?? {}).length > 0 ? [`sig.${name}.>`] : []),
      ...(raises ? [`evt.${name}.>`, `$JS.API.STREAM.INFO.${stream(name)}`] : []),
      ...consumers.map((consumer) => `dead.${name}.${consumer.name}`),
      ...(consumers.length > 0 ? ['$JS.API.STREAM.INFO.DEAD'] : []),
      ...readable.map((from) => `$JS.API.DIRECT.GET.${from}`),
      ...(channels.length > 0 ? ['feed.canary.*'] : []),
      ...durables.flatMap(({ from, durable }) => [
        `$JS.API.CONSUMER.INFO.${from}.${durable}`,
        `$JS.API.CONSUMER.MSG.NEXT.${from}.${durable}`,
        `$JS.ACK.${from}.${durable}.>`,
        `$JS.ACK.*.*.${from}.${durable}.>`,
      ]),
    ],
    subscribe: [
      `_INBOX.${name}.>`,
      ...(procedures.length > 0 ? [`cancel.${name}`] : []),
      ...(channels.length > 0 ? ['feed.>'] : []),
      ...channels.map(
        (channel) => `$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.${stream(channel.service)}`,
      ),
      ...(channels.some(({ channel }) => channel.signal) ? ['sig.>'] : []),
      ...(asksForKeys ? ['feed.auth.revocations.*'] : []),
      ...['PING', 'INFO', 'STATS'].flatMap((verb) => [
        `$SRV.${verb}`,
        `$SRV.${verb}.${name}`,
        `$SRV.${verb}.${name}.*`,
      ]),
    ],
    queues: procedures.length > 0 ? [[`rpc.${name}.>`, name]] : [],
  }
}

/** Whoever has procedures answers anybody; a door answers who looks for it, and nobody else. */
const answersTo = ({ contract, isolated }: Service): string[] => {
  if (contract) return ['_INBOX.>', '_R_.>']
  return isolated ? ['_R_.>'] : ['_INBOX.operator.>']
}

const PROVISIONER_RULE: Rule = {
  user: PROVISIONER,
  publish: ['$JS.API.>', '$JS.SNAPSHOT.>'],
  subscribe: ['_INBOX.provisioner.>'],
  queues: [],
}

const SYSTEM_RULE: Rule = {
  user: SYSTEM_USER,
  publish: ['$SYS.REQ.SERVER.PING.VARZ', '$SYS.REQ.SERVER.*.RELOAD'],
  subscribe: ['_INBOX.system.>'],
  queues: [],
}

const OPERATOR_RULE: Rule = {
  user: OPERATOR,
  publish: [
    ...['rpc.>', 'cancel.>', '$SRV.>', 'redrive.>', 'audit.>'],
    ...['INFO', 'STREAM.LIST', 'STREAM.INFO.*', 'CONSUMER.LIST.*', 'CONSUMER.INFO.*.*'].map(
      (request) => `$JS.API.${request}`,
    ),
    ...['DIRECT.GET.*', 'STREAM.MSG.GET.*', 'STREAM.MSG.DELETE.DEAD'].map(
      (request) => `$JS.API.${request}`,
    ),
  ],
  subscribe: ['_INBOX.operator.>', 'feed.>'],
  queues: [],
}

/** The rule of every broker user. */
export const rules: readonly Rule[] = [
  PROVISIONER_RULE,
  OPERATOR_RULE,
  SYSTEM_RULE,
  ...services.map(ruleOf),
]

/**
 * Whether the broker counts `subject`, which may have wildcards too, as covered by `pattern`. A `*`
 * at the end of a pattern lets a listener's `>` through: what is below a name of its own.
 */
export const covers = (pattern: string, subject: string): boolean => {
  const [wanted, given] = [pattern.split('.'), subject.split('.')]
  for (const [index, token] of wanted.entries()) {
    const there = given[index]
    if (there === undefined) return false
    if (token === '>') return true
    if (token !== there && (token !== '*' || (there === '>' && index + 1 < wanted.length)))
      return false
  }
  return wanted.length === given.length
}
