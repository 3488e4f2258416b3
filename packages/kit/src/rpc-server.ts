import {
  Failure,
  HEADERS,
  type Procedure,
  SERVICE_ERROR,
  failure,
  isReplySubject,
  rpcSubjects,
} from '@meshboard/contracts'
import type { Message, Running } from './broker/broker.ts'
import type { CallContext, Handler, Runtime } from './define-service.ts'
import { encodeJson } from './json.ts'
import { authorization } from './middleware/caller.ts'
import { deadline } from './middleware/deadline.ts'
import { limits } from './middleware/limits.ts'
import { logging } from './middleware/logging.ts'
import { measuring } from './middleware/metrics.ts'
import { type Incoming, chain } from './middleware/middleware.ts'
import { tracing } from './middleware/tracing.ts'
import { validation } from './middleware/validation.ts'
import { activeTraceId } from './telemetry.ts'

/** How much later than the budget says a caller whose clock is ahead may be waited for. */
const CLOCK_SKEW_MS = 250

type Handlers = Readonly<Record<string, Handler<Procedure, unknown>>>

/**
 * Answers the calls of a service as one of its queue group. Each call gets exactly one reply; one
 * that arrives after its deadline is dropped. `stop` takes no new calls and waits for those in hand.
 */
export const startRpcServer = async (
  runtime: Runtime,
  handlers: Handlers,
  deps: unknown,
): Promise<Running> => {
  const { broker, service, log, metrics, config } = runtime
  const answer = chain(
    [
      tracing,
      measuring(metrics),
      logging(log),
      deadline,
      limits(config.callsInFlightMax),
      authorization(runtime.verify),
      validation(Object.values(handlers).map(({ procedure }) => procedure)),
    ],
    (incoming) => incoming.handler.run(contextOf(incoming, runtime), deps),
  )
  const inHand = new Set<Promise<void>>()

  const subscription = await broker.serve(rpcSubjects(service), service, (request) => {
    if (request.reply === undefined || !isReplySubject(request.reply)) return
    const incoming = toIncoming(request, handlers)
    if (!incoming) return reply(runtime, request, refusal(failure('unsupported'), activeTraceId()))
    if (incoming.deadline <= Date.now()) return metrics.expiredOnArrival(incoming.procedure.name)
    const answering = answer(incoming)
      .then((output) => reply(runtime, request, success(output)))
      .catch((error: unknown) => reply(runtime, request, refusal(error, incoming.traceId)))
      .catch((error: unknown) => {
        log.error({ err: error, procedure: incoming.procedure.name }, 'reply could not be sent')
        reply(runtime, request, refusal(failure('internal'), incoming.traceId))
      })
      .catch((error: unknown) => log.error({ err: error }, 'no reply could be sent'))
    inHand.add(answering)
    void answering.finally(() => inHand.delete(answering))
  })

  return {
    async stop() {
      await subscription.stop()
      await Promise.all(inHand)
    },
  }
}

interface Answered {
  body: Uint8Array
  headers?: Record<string, string>
}

const success = (output: unknown): Answered => ({ body: encodeJson(output) })

const refusal = (error: unknown, traceId: string): Answered => {
  const refused = error instanceof Failure ? error : failure('internal')
  return {
    body: encodeJson(refused.toEnvelope(refused.traceId ?? traceId)),
    headers: {
      [HEADERS.failure]: refused.code,
      [SERVICE_ERROR.code]: String(refused.status),
      [SERVICE_ERROR.text]: refused.code,
    },
  }
}

const reply = ({ broker }: Runtime, request: Message, { body, headers }: Answered): void =>
  broker.publish(request.reply ?? '', body, headers)

const toIncoming = (request: Message, handlers: Handlers): Incoming | undefined => {
  const name = request.subject.split('.').slice(2).join('.')
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined
  if (!handler) return undefined
  const receivedAt = Date.now()
  return {
    procedure: handler.procedure,
    handler,
    request,
    receivedAt,
    deadline: deadlineOf(request, handler.procedure, receivedAt),
    signal: AbortSignal.abort(),
    caller: undefined,
    input: undefined,
    traceId: activeTraceId(),
  }
}

const deadlineOf = ({ headers }: Message, procedure: Procedure, now: number): number => {
  const absolute = number(headers[HEADERS.deadline]) ?? now + procedure.timeoutMs
  const budget = number(headers[HEADERS.budget]) ?? procedure.timeoutMs
  return Math.min(absolute, now + budget + CLOCK_SKEW_MS)
}

const number = (text: string | undefined): number | undefined => {
  const value = Number(text)
  return text === undefined || Number.isNaN(value) ? undefined : value
}

const contextOf = (incoming: Incoming, { rpc, log }: Runtime): CallContext<Procedure> => {
  const { procedure, caller, request, signal } = incoming
  return {
    input: incoming.input,
    caller: caller as CallContext<Procedure>['caller'],
    deadline: incoming.deadline,
    signal,
    idempotencyKey: request.headers[HEADERS.idempotencyKey],
    traceId: incoming.traceId,
    log,
    fail(code, details) {
      const spec = procedure.failures[code]
      if (!spec) throw new Error(`${procedure.name} does not declare ${code}`)
      throw new Failure(code, spec, details)
    },
    call: (other, input) =>
      rpc.call(other, input, {
        deadline: incoming.deadline,
        signal,
        ...(caller && { token: caller.token }),
      }),
  }
}
