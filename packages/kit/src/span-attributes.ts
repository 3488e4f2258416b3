import {
  Failure,
  HEADERS,
  type Procedure,
  durableName,
  serviceOf,
  streamName,
  topicSubjects,
} from '@meshboard/contracts'
import type { Broker, HeaderValues } from './broker/broker.ts'
import type { Consumer } from './define-service.ts'
import {
  type Span,
  SpanKind,
  type SpanSpec,
  below,
  contextFrom,
  endSpan,
  startSpan,
} from './telemetry.ts'

/** How a call ended; later releases of the conventions call it `rpc.status_code`. */
const RPC_STATUS = 'rpc.response.status_code'

/** The span of who calls, by the rpc conventions. */
export const callSpan = ({ name }: Procedure): SpanSpec => ({
  name,
  kind: SpanKind.CLIENT,
  attributes: rpc(name),
})

/** Says of a call's span through which server it went and how it ended: `ok` or the failure's code. */
export const noteCall = (span: Span, outcome: string, { server }: Broker): void => {
  if (outcome === 'ok' && !span.isRecording()) return
  span.setAttributes({
    [RPC_STATUS]: outcome,
    'server.address': server.host,
    'server.port': server.port,
  })
}

/** The span of who answers. */
export const answerSpan = ({ name }: Procedure): SpanSpec => ({
  name,
  kind: SpanKind.SERVER,
  attributes: rpc(name),
})

const rpc = (name: string) => ({ 'rpc.system.name': 'nats', 'rpc.method': name })

/** Runs a call inside its span, which says how it ended: `ok` or the failure's code. */
export const inRpcSpan = async <T>(
  spec: SpanSpec,
  work: (span: Span) => Promise<T>,
): Promise<T> => {
  const span = startSpan(spec)
  try {
    const output = await below(span, spec, work)
    if (span.isRecording()) span.setAttribute(RPC_STATUS, 'ok')
    endSpan(span)
    return output
  } catch (error) {
    span.setAttribute(RPC_STATUS, error instanceof Failure ? error.code : 'internal')
    endSpan(span, error)
    throw error
  }
}

/** What is stored, as far as its span tells: of its key only that there is one. */
export interface Published {
  readonly service: string
  readonly topic: string
  readonly event: string
  readonly id: string
  /** The trace of the change that raised it. */
  readonly traceparent: string | undefined
}

/** The span of who stores an event, by the messaging conventions. */
export const publishSpan = ({ service, topic, event, id, traceparent }: Published): SpanSpec => ({
  name: `publish ${topicSubjects(service, topic)}`,
  kind: SpanKind.PRODUCER,
  parent: contextFrom(traceparent),
  attributes: {
    ...messaging('send', 'publish'),
    ...destination(service, topic, event),
    'messaging.message.id': id,
  },
})

/** An event in hand: of which delivery, and for which consumer. */
export interface InHand {
  readonly work: {
    readonly runtime: { readonly service: string }
    readonly consumer: Consumer<unknown>
  }
  readonly headers: HeaderValues
  readonly id: string
  readonly seq: number
  readonly attempt: number
}

/** The span of who does what a delivered event asks for. */
export const processSpan = (event: InHand): SpanSpec => ({
  name: `process ${event.work.consumer.name}`,
  kind: SpanKind.CONSUMER,
  parent: contextFrom(event.headers[HEADERS.traceparent]),
  attributes: { ...messaging('process', 'process'), ...inHandOf(event) },
})

/** The span of telling the broker what became of a delivery. */
export const settleSpan = (event: InHand): SpanSpec => ({
  name: `ack ${event.work.consumer.name}`,
  kind: SpanKind.CLIENT,
  parent: contextFrom(event.headers[HEADERS.traceparent]),
  attributes: { ...messaging('settle', 'ack'), ...inHandOf(event) },
})

const messaging = (type: string, name: string) => ({
  'messaging.system': 'nats',
  'messaging.operation.type': type,
  'messaging.operation.name': name,
})

/** The last token of a subject is somebody's id: the template stands for the name too. */
const destination = (service: string, topic: string, event: string) => ({
  'messaging.destination.name': topicSubjects(service, topic),
  'messaging.destination.template': topicSubjects(service, topic),
  'messaging.nats.stream.name': streamName(service),
  'mesh.event': event,
})

const inHandOf = ({ work: { runtime, consumer }, id, seq, attempt }: InHand) => ({
  ...destination(serviceOf(consumer.event.name), consumer.event.topic, consumer.event.name),
  'messaging.consumer.group.name': durableName(runtime.service, consumer.name),
  'messaging.message.id': id,
  'messaging.nats.stream_sequence': seq,
  'messaging.nats.delivery_count': attempt,
})
