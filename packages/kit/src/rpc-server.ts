import {
  Failure,
  type Procedure,
  cancelSubject,
  failure,
  isReplySubject,
  localName,
  rpcSubject,
  rpcSubjects,
} from '@meshboard/contracts'
import { withContext } from './active-call.ts'
import { type Answer, overloaded, refusal, success } from './answers.ts'
import { BoundedQueue } from './bounded-queue.ts'
import type { Message, Running } from './broker/broker.ts'
import { ServedCall } from './call-context.ts'
import { Deadlines } from './deadlines.ts'
import type { Handler, Runtime } from './define-service.ts'
import { Incoming } from './incoming.ts'
import { Load, type ShedReason } from './load.ts'
import { authorization } from './middleware/caller.ts'
import { logging } from './middleware/logging.ts'
import { type Answering, chain } from './middleware/middleware.ts'
import { tracing } from './middleware/tracing.ts'
import { validation } from './middleware/validation.ts'
import { type ServerMetrics, createServerMetrics } from './rpc-server-metrics.ts'
import { activeTraceId } from './telemetry.ts'

type Handlers = Readonly<Record<string, Handler<Procedure, unknown>>>

/**
 * What answers the calls of a service as one of its queue group, once it is started; a start that
 * fails may be tried again. Each call gets exactly one reply; one
 * that arrives after its deadline is dropped, one too many is refused at once, and one that its
 * caller has given up is ended. `stop` takes no new calls and waits for those in hand.
 */
export const rpcServer = (
  runtime: Runtime,
  handlers: Handlers,
  deps: unknown,
): (() => Promise<Running>) => {
  const server = new RpcServer(runtime, handlers, deps)
  return () => listen(server, runtime)
}

const listen = async (server: RpcServer, { broker, service }: Runtime): Promise<Running> => {
  const cancels = await broker.subscribe(cancelSubject(service), ({ data }) =>
    server.cancel(Buffer.from(data).toString()),
  )
  const answer = (request: Message) => server.take(request)
  const calls = await broker
    .serve(rpcSubjects(service), service, answer)
    .catch(async (error: unknown) => {
      await cancels.stop()
      throw error
    })
  return {
    async stop() {
      await calls.stop()
      await server.finished()
      await cancels.stop()
    },
  }
}

const RETRY_AFTER_MS_MIN = 50

class RpcServer {
  readonly #runtime: Runtime
  readonly #handlers = new Map<string, Handler<Procedure, unknown>>()
  readonly #answer: Answering
  readonly #log
  readonly #counts: ServerMetrics
  readonly #load: Load
  readonly #queue: BoundedQueue<Incoming>
  readonly #deadlines = new Deadlines<Incoming>((incoming) => this.#end(incoming))
  #onFinished: (() => void) | undefined

  constructor(runtime: Runtime, handlers: Handlers, deps: unknown) {
    const { config, log, metrics, service } = runtime
    this.#runtime = runtime
    for (const handler of Object.values(handlers))
      this.#handlers.set(rpcSubject(service, localName(handler.procedure.name)), handler)
    this.#answer = chain(
      [
        tracing,
        authorization(runtime.verify),
        validation(Object.values(handlers).map(({ procedure }) => procedure)),
      ],
      (incoming) => incoming.handler.run(new ServedCall(incoming, runtime), deps),
    )
    this.#log = logging(log)
    this.#load = new Load(config.eventLoopLagMaxMs)
    const limits = { placesMax: config.callsInFlightMax, waitingMax: config.callsQueuedMax }
    this.#queue = new BoundedQueue(limits, (incoming) => void this.#run(incoming))
    this.#counts = createServerMetrics(metrics.registry, () => this.#queue.waiting)
  }

  take(request: Message): void {
    if (request.reply === undefined || !isReplySubject(request.reply)) return
    const handler = this.#handlers.get(request.subject)
    if (!handler) return this.#send(request, refusal(failure('unsupported'), activeTraceId()))
    const incoming = new Incoming(handler, request)
    const { priority, receivedAt: now, deadline, procedure } = incoming
    if (deadline <= now) return this.#runtime.metrics.expiredOnArrival(procedure.name)
    const pressure = this.#queue.pressureOn(priority)
    const reason = this.#load.refuses({ priority, now, deadline, pressure })
    incoming.done = this.#runtime.metrics.answerStarted(procedure.name)
    if (reason) return this.#shed(incoming, reason)
    this.#deadlines.add(incoming)
    const refused = this.#queue.offer(incoming)
    if (refused) this.#shed(refused, 'full')
  }

  /**
   * Ends the call of that id, if it is one of this instance. To look through those in hand costs less
   * than an index that each call enters and leaves.
   */
  cancel(id: string): void {
    const incoming = this.#deadlines.values().find(({ callId }) => callId === id)
    if (!incoming) return
    this.#counts.cancelled(incoming.procedure.name)
    this.#end(incoming)
  }

  /** Resolved once no call is in hand any more. */
  finished(): Promise<void> {
    if (this.#queue.taken === 0) return Promise.resolve()
    return new Promise((resolve) => (this.#onFinished = resolve))
  }

  async #run(incoming: Incoming): Promise<void> {
    incoming.startedAt = Date.now()
    const waitedMs = incoming.startedAt - incoming.receivedAt
    if (waitedMs > 0) this.#counts.waited(waitedMs)
    try {
      const output = await this.#answer(incoming)
      this.#reply(incoming, undefined, output)
    } catch (error) {
      this.#reply(incoming, error ?? new Error('a handler threw nothing'))
    }
    this.#load.worked(Date.now() - incoming.startedAt)
    this.#queue.leave()
    if (this.#queue.taken === 0) this.#onFinished?.()
  }

  /** Nobody waits for it any more: it is answered so, and whatever works for it is told. */
  #end(incoming: Incoming): void {
    const late = failure('deadline_exceeded')
    this.#queue.forget(incoming)
    this.#reply(incoming, late)
    incoming.end(late)
  }

  #shed(incoming: Incoming, reason: ShedReason | 'full'): void {
    this.#counts.shed(incoming.procedure.name, reason)
    const pressure = this.#queue.pressureOn(incoming.priority)
    const waitMs = Math.max(RETRY_AFTER_MS_MIN, Math.ceil(this.#load.waitMs(pressure)))
    this.#conclude(incoming, 'overloaded')
    this.#send(incoming.request, overloaded(waitMs, incoming.traceId))
  }

  /** The one reply of a call; one that comes later is not sent. */
  #reply(incoming: Incoming, error: unknown, output?: unknown): void {
    if (incoming.isAnswered) return
    withContext(incoming.context, () => this.#note(incoming, error))
    try {
      const { traceId } = incoming
      this.#send(incoming.request, error === undefined ? success(output) : refusal(error, traceId))
    } catch (fault) {
      const { log } = this.#runtime
      log.error({ err: fault, procedure: incoming.procedure.name }, 'reply could not be sent')
      this.#apologize(incoming)
    }
  }

  #note(incoming: Incoming, error: unknown): void {
    const outcome = error instanceof Failure ? error.code : 'internal'
    this.#conclude(incoming, error === undefined ? 'ok' : outcome)
    if (error === undefined) this.#log.answered(incoming)
    else this.#log.failed(incoming, error)
  }

  #apologize({ request, traceId }: Incoming): void {
    try {
      this.#send(request, refusal(failure('internal'), traceId))
    } catch (fault) {
      this.#runtime.log.error({ err: fault }, 'no reply could be sent')
    }
  }

  #conclude(incoming: Incoming, outcome: string): void {
    incoming.isAnswered = true
    incoming.done?.(outcome)
    this.#deadlines.delete(incoming)
  }

  #send({ reply }: Message, { body, headers }: Answer): void {
    this.#runtime.broker.publish(reply ?? '', body, headers)
  }
}
