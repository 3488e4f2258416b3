import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { HEADERS, type InputOf, type OutputOf, type Procedure, failure } from '@meshboard/contracts'
import { type Broker, BrokerError, type Message } from './broker/broker.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import { encodeJson } from './json.ts'
import type { Metrics } from './metrics.ts'
import { isFree, retryCauseOf, retryWaitMs } from './retry.ts'
import { RetryBudget } from './retry-budget.ts'
import { outputOf, refusalIn, toFailure } from './reply.ts'
import { type Call, type CallOptions, callTo, headersOf, patienceOf } from './rpc-call.ts'
import { type ClientMetrics, createClientMetrics } from './rpc-client-metrics.ts'
import { type Target, saysAway, targetOf } from './rpc-target.ts'
import { noteCall } from './span-attributes.ts'
import { endSpan, startSpan, traceparentOf } from './telemetry.ts'

/** Calls the procedures of other services. Fails with a `Failure` that the procedure declares or any call may end with. */
export interface RpcClient {
  call<P extends Procedure>(
    procedure: P,
    input: InputOf<P>,
    options?: CallOptions,
  ): Promise<OutputOf<P>>
}

/**
 * A client on the broker. A call is repeated within its deadline, at most twice and from a budget:
 * what found nobody there always; what may have run only where a second time does no harm, and only
 * by a caller that nobody calls. While the broker is away a call waits for it, at most three
 * seconds. What is given up is cancelled at the service.
 */
export const createRpcClient = (broker: Broker, metrics: Metrics): RpcClient =>
  new Client(broker, metrics)

class Client implements RpcClient {
  readonly #broker: Broker
  readonly #metrics: Metrics
  readonly #counts: ClientMetrics
  readonly #budget = new RetryBudget()
  readonly #targets = new Map<string, Target>()
  readonly #breakers = new Map<string, CircuitBreaker>()
  /** Whoever does not know it cannot name a call of this client, and so not cancel it. */
  readonly #callIds = `${randomBytes(12).toString('base64url')}.`
  #attempts = 0

  constructor(broker: Broker, metrics: Metrics) {
    this.#broker = broker
    this.#metrics = metrics
    this.#counts = createClientMetrics(metrics.registry, this.#breakers)
  }

  async call<P extends Procedure>(
    ...[procedure, input, options = {}]: [P, InputOf<P>, CallOptions?]
  ): Promise<OutputOf<P>> {
    const target = this.#targetOf(procedure)
    const done = this.#metrics.callStarted(procedure.name)
    const span = startSpan(target.span)
    try {
      const call = callTo(target, encodeJson(input), options, traceparentOf(span))
      const output = await this.#send(call)
      done('ok')
      noteCall(span, 'ok', this.#broker)
      endSpan(span)
      return output as OutputOf<P>
    } catch (error) {
      const refused = toFailure(error)
      done(refused.code)
      noteCall(span, refused.code, this.#broker)
      endSpan(span, refused)
      throw refused
    }
  }

  /** One breaker a name, also where a declaration is made anew for each call. */
  #targetOf(procedure: Procedure): Target {
    const known = this.#targets.get(procedure.name)
    if (known?.procedure === procedure) return known
    const target = known ? { ...known, procedure } : targetOf(procedure)
    this.#targets.set(procedure.name, target)
    this.#breakers.set(procedure.name, target.breaker)
    return target
  }

  async #send(call: Call): Promise<unknown> {
    for (let attempt = 1; ;) {
      if (call.deadline <= Date.now()) throw failure('deadline_exceeded')
      if (!this.#broker.open) await this.#broker.opened(patienceOf(call))
      try {
        const { breaker, procedure } = call.target
        const isPatient = call.deadline - Date.now() >= procedure.timeoutMs / 2
        const answer = await breaker.run(() => this.#attempt(call), { counts: isPatient })
        const output = outputOf(call.target.procedure, answer)
        this.#budget.succeeded()
        return output
      } catch (error) {
        const cause = retryCauseOf({ error, attempt }, call)
        const waitMs = retryWaitMs({ error, attempt })
        if (cause === undefined || call.signal?.aborted) throw error
        if (Date.now() + waitMs >= call.deadline) throw error
        if (!isFree(cause) && !this.#budget.take()) throw error
        this.#counts.retried(call.target.procedure.name, cause)
        if (cause !== 'disconnected') attempt += 1
        await sleep(waitMs, undefined, call.signal && { signal: call.signal })
      }
    }
  }

  async #attempt(call: Call): Promise<Message> {
    const { target, signal, isRepeatable } = call
    const now = Date.now()
    const id = this.#callIds + (this.#attempts += 1).toString(36)
    const deadline = isRepeatable
      ? Math.min(call.deadline, now + target.procedure.timeoutMs)
      : call.deadline
    try {
      const answer = await this.#broker.request(target.subject, call.body, {
        headers: headersOf(call, { id, deadline, now }),
        deadline,
        signal,
        interruptible: isRepeatable,
      })
      if (saysAway(answer.headers[HEADERS.failure])) throw refusalIn(target.procedure, answer)
      return answer
    } catch (error) {
      if (isGivenUp(error)) this.#cancel(target, id)
      throw this.#broker.settling && isNobody(error) ? notBackYet(target) : error
    }
  }

  #cancel({ procedure, cancelSubject }: Target, id: string): void {
    this.#counts.cancelled(procedure.name)
    this.#broker.publish(cancelSubject, Buffer.from(id))
  }
}

const isNobody = (error: unknown): boolean =>
  error instanceof BrokerError && error.fault === 'no_responders'

/** After a reconnect "nobody there" says as little of a service as the lost connection does. */
const notBackYet = ({ subject }: Target): BrokerError =>
  new BrokerError('disconnected', `${subject}: nobody is back yet`)

const isGivenUp = (error: unknown): boolean =>
  error instanceof BrokerError && (error.fault === 'timeout' || error.fault === 'aborted')
