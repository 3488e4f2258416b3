import { HEADERS } from '@meshboard/contracts'
import {
  type AsyncApiPart,
  ON_BROKER,
  headersOf,
  mapOf,
  messageOf,
  reference,
} from './asyncapi-parts.ts'
import type { ProcedureEntry, ServiceEntry } from './entries.ts'

/** The procedures of a service: requests that one of its instances answers. */
export const procedureCalls = ({ name, procedures }: ServiceEntry): AsyncApiPart => ({
  channels: {
    ...mapOf(procedures, (one) => [`procedure.${one.name}`, requestChannel(one)]),
    ...mapOf(procedures, (one) => [`reply.${one.name}`, replyChannel(one)]),
  },
  operations: mapOf(procedures, (one) => [`answer.${one.name}`, answerOf(name, one)]),
  messages: {
    ...mapOf(procedures, (one) => [`${one.name}.request`, requestOf(one)]),
    ...mapOf(procedures, (one) => [`${one.name}.reply`, replyOf(one)]),
  },
})

const requestChannel = ({ name, subject }: ProcedureEntry): object => ({
  address: subject,
  servers: ON_BROKER,
  messages: { request: reference(`components/messages/${name}.request`) },
})

const replyChannel = ({ name }: ProcedureEntry): object => ({
  address: null,
  description: 'An inbox of the caller, which the request names.',
  servers: ON_BROKER,
  messages: { reply: reference(`components/messages/${name}.reply`) },
})

const answerOf = (service: string, one: ProcedureEntry): object => ({
  action: 'receive',
  title: one.name,
  summary: one.summary,
  channel: reference(`channels/procedure.${one.name}`),
  messages: [reference(`channels/procedure.${one.name}/messages/request`)],
  reply: {
    channel: reference(`channels/reply.${one.name}`),
    messages: [reference(`channels/reply.${one.name}/messages/reply`)],
  },
  tags: [{ name: service }],
  bindings: { nats: { queue: service, bindingVersion: '0.1.0' } },
  'x-access': one.access,
  'x-idempotent': one.idempotent,
  'x-timeout-ms': one.timeout_ms,
  'x-failures': one.failures.map(({ code }) => code),
  'x-called-by': one.called_by,
  ...(one.deprecated && { 'x-deprecated': one.deprecated }),
})

const CALL_HEADERS = [
  HEADERS.deadline,
  HEADERS.budget,
  HEADERS.callId,
  HEADERS.token,
  HEADERS.idempotencyKey,
  HEADERS.traceparent,
]

const requestOf = ({ name, summary, input }: ProcedureEntry): object =>
  messageOf(input, { name: `${name}.request`, summary, headers: headersOf(CALL_HEADERS) })

const replyOf = ({ name, output }: ProcedureEntry): object =>
  messageOf(output, {
    name: `${name}.reply`,
    summary: `What ${name} answers; a refusal has its code in the header ${HEADERS.failure}.`,
    headers: headersOf([HEADERS.failure]),
  })
