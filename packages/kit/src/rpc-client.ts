import { setTimeout as sleep } from 'node:timers/promises'
import {
  Failure,
  type FailureEnvelope,
  HEADERS,
  type InputOf,
  type OutputOf,
  type Procedure,
  failure,
  localName,
  rpcSubject,
  serviceOf,
} from '@meshboard/contracts'
import { type Broker, BrokerError, type Message } from './broker/broker.ts'
import { decodeJson, encodeJson } from './json.ts'
import type { Metrics } from './metrics.ts'
import { SpanKind, activeTraceparent, inSpan } from './telemetry.ts'

/** For whom and until when a call is made. */
export interface CallOptions {
  /** The access token of the user who asks. */
  token?: string
  /** When to give up, milliseconds since 1970; the procedure's own time-out if that is sooner. */
  deadline?: number
  signal?: AbortSignal
  idempotencyKey?: string
}

/** Calls the procedures of other services. Fails with a `Failure` that the procedure declares or any call may end with. */
export interface RpcClient {
  call<P extends Procedure>(
    procedure: P,
    input: InputOf<P>,
    options?: CallOptions,
  ): Promise<OutputOf<P>>
}

const RETRY_WAITS_MS = [50, 150, 350]

/** A client on the broker. "Nobody there" is retried within the deadline; a time-out never is. */
export const createRpcClient = (broker: Broker, metrics: Metrics): RpcClient => ({
  async call(procedure, input, options = {}) {
    const deadline = Math.min(
      options.deadline ?? Number.POSITIVE_INFINITY,
      Date.now() + procedure.timeoutMs,
    )
    const span = {
      name: procedure.name,
      kind: SpanKind.CLIENT,
      attributes: attributesOf(procedure),
    }
    return inSpan(span, async () => {
      const done = metrics.callStarted(procedure.name)
      try {
        const answer = await send({ broker, procedure, input, options, deadline })
        const output = toOutput(procedure, answer)
        done('ok')
        return output
      } catch (error) {
        const refused = toFailure(error)
        done(refused.code)
        throw refused
      }
    })
  },
})

interface Sending {
  broker: Broker
  procedure: Procedure
  input: unknown
  options: CallOptions
  deadline: number
}

const send = async (sending: Sending): Promise<Message> => {
  const { broker, procedure, options, deadline } = sending
  const subject = rpcSubject(serviceOf(procedure.name), localName(procedure.name))
  const body = encodeJson(sending.input)
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await broker.request(subject, body, {
        headers: headersOf(options, deadline),
        deadline,
        ...(options.signal && { signal: options.signal }),
      })
    } catch (error) {
      const wait = RETRY_WAITS_MS[attempt]
      const nobody = error instanceof BrokerError && error.fault === 'no_responders'
      if (!nobody || wait === undefined || Date.now() + wait >= deadline) throw error
      await sleep(wait * (0.5 + Math.random()), undefined, { signal: options.signal })
    }
  }
}

const headersOf = (options: CallOptions, deadline: number): Record<string, string> => {
  const traceparent = activeTraceparent()
  return {
    [HEADERS.deadline]: String(deadline),
    [HEADERS.budget]: String(Math.max(0, deadline - Date.now())),
    ...(options.token !== undefined && { [HEADERS.token]: options.token }),
    ...(options.idempotencyKey !== undefined && {
      [HEADERS.idempotencyKey]: options.idempotencyKey,
    }),
    ...(traceparent !== undefined && { [HEADERS.traceparent]: traceparent }),
  }
}

const toOutput = <P extends Procedure>(procedure: P, answer: Message): OutputOf<P> => {
  const body = parsed(procedure, answer)
  if (answer.headers[HEADERS.failure] !== undefined) {
    throw Failure.fromEnvelope(body as FailureEnvelope, procedure.failures)
  }
  return body as OutputOf<P>
}

const parsed = ({ name }: Procedure, answer: Message): unknown => {
  try {
    return decodeJson(answer.data)
  } catch (error) {
    throw new Error(`${name} answered with something that is not JSON`, { cause: error })
  }
}

const toFailure = (error: unknown): Failure => {
  if (error instanceof Failure) return error
  if (error instanceof Error && error.name === 'AbortError') return failure('deadline_exceeded')
  if (!(error instanceof BrokerError)) return Object.assign(failure('internal'), { cause: error })
  if (error.fault === 'timeout' || error.fault === 'aborted') return failure('deadline_exceeded')
  if (error.fault === 'forbidden') return Object.assign(failure('internal'), { cause: error })
  if (error.fault === 'too_large')
    return failure('invalid', { message: 'The message is too large.' })
  return failure('unavailable', { retryAfterMs: 1_000 })
}

const attributesOf = (procedure: Procedure) => ({
  'rpc.system.name': 'nats',
  'rpc.service': serviceOf(procedure.name),
  'rpc.method': localName(procedure.name),
})
