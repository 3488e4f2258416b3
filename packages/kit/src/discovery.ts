import { hostname } from 'node:os'
import {
  type Contract,
  DISCOVERY_VERBS,
  type Procedure,
  discoverySubjects,
  isReplySubject,
  localName,
  rpcSubject,
  serviceOf,
} from '@meshboard/contracts'
import type { Running } from './broker/broker.ts'
import { contractHash } from './contract-hash.ts'
import type { Runtime } from './define-service.ts'
import { newInstanceId } from './ids.ts'
import { encodeJson } from './json.ts'
import { type Answered, NEVER_ANSWERED } from './metrics.ts'

type Verb = (typeof DISCOVERY_VERBS)[number]

/** What tools are told of a service. */
export interface Discoverable {
  /** Absent: a door. */
  readonly contract: Contract | undefined
  /** The procedures it answers. */
  readonly endpoints: readonly Procedure[]
}

/**
 * Answers the NATS services protocol (ADR-32), so that `nats service ls`, `info` and `stats` work:
 * every instance answers for itself. Of failures it tells the code and never the text. `stop` makes
 * this instance silent.
 */
export const startDiscovery = async (
  { broker, service, metrics }: Runtime,
  discoverable: Discoverable,
): Promise<Running> => {
  const identity = identityOf(service, discoverable)
  const answers: Record<Verb, () => object> = {
    PING: () => ({ type: typeOf('PING'), ...identity }),
    INFO: () => ({
      type: typeOf('INFO'),
      ...identity,
      description: discoverable.contract?.summary ?? `The door "${service}".`,
      endpoints: discoverable.endpoints.map(infoOf),
    }),
    STATS: () => ({
      type: typeOf('STATS'),
      ...identity,
      started: identity.metadata['mesh.started'],
      endpoints: discoverable.endpoints.map((one) => statsOf(one, metrics.answered.get(one.name))),
    }),
  }
  const subscribing = DISCOVERY_VERBS.flatMap((verb) =>
    discoverySubjects(verb, service, identity.id).map((subject) =>
      broker.subscribe(subject, ({ reply }) => {
        if (reply === undefined || !isReplySubject(reply)) return
        broker.publish(reply, encodeJson(answers[verb]()))
      }),
    ),
  )
  const subscriptions = await allOrNone(subscribing)
  return {
    async stop() {
      await Promise.all(subscriptions.map((subscription) => subscription.stop()))
    },
  }
}

/** A start that fails half-way must not go on answering beside the next one. */
const allOrNone = async (starting: readonly Promise<Running>[]): Promise<Running[]> => {
  const ends = await Promise.allSettled(starting)
  const running = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
  const failed = ends.find((end) => end.status === 'rejected')
  if (!failed) return running
  await Promise.all(running.map((one) => one.stop()))
  throw failed.reason
}

const typeOf = (verb: Verb): string => `io.nats.micro.v1.${verb.toLowerCase()}_response`

const identityOf = (name: string, { contract }: Discoverable) => ({
  name,
  id: newInstanceId(),
  version: versionOf(contract),
  metadata: {
    ...(contract && {
      'mesh.contract': `${contract.name}@${contract.version}`,
      'mesh.hash': contractHash(contract),
      'mesh.owner': contract.owner,
    }),
    'mesh.instance': `${hostname()}/${process.pid}`,
    'mesh.started': new Date().toISOString(),
  },
})

/** Of a contract; of a door, which has none, a constant. */
export const versionOf = (contract: Contract | undefined): string => contract?.version ?? '0.1.0'

const endpointOf = ({ name }: Procedure) => ({
  name: localName(name),
  subject: rpcSubject(serviceOf(name), localName(name)),
  queue_group: serviceOf(name),
})

const infoOf = (procedure: Procedure) => ({
  ...endpointOf(procedure),
  metadata: {
    'mesh.access': procedure.access,
    'mesh.idempotent': String(procedure.idempotent),
    'mesh.timeout_ms': String(procedure.timeoutMs),
  },
})

const statsOf = (procedure: Procedure, answered: Answered = NEVER_ANSWERED) => ({
  ...endpointOf(procedure),
  num_requests: answered.count,
  num_errors: answered.failed,
  last_error: answered.lastFailure,
  processing_time: answered.spentNs,
  average_processing_time: answered.count === 0 ? 0 : Math.round(answered.spentNs / answered.count),
})
