import {
  type EventDeclaration,
  FAILURES,
  Failure,
  HEADERS,
  parseEventSubject,
} from '@meshboard/contracts'
import { withActiveCall } from './active-call.ts'
import type { Received } from './define-service.ts'
import { decodeJson } from './json.ts'
import type { Taken } from './taken-event.ts'
import { processSpan } from './span-attributes.ts'
import { activeTraceId, inSpan } from './telemetry.ts'

/** It is not an event of its contract, and never will be. */
export class Undecodable extends Error {}

/** Its handler did not end in time, or still has not since an earlier attempt. */
export class TimedOut extends Failure {
  constructor(message: string) {
    super('deadline_exceeded', FAILURES.deadline_exceeded, { message })
    this.name = 'TimedOut'
  }
}

/**
 * Has a consumer handle an event once, in the trace of what caused it. Throws what the handler
 * throws, `Undecodable`, or `TimedOut`: then the handler was told by its signal, and is not waited for.
 */
export const attemptEvent = async (taken: Taken): Promise<void> => {
  const { runtime, consumer, lingering } = taken.work
  if (lingering.has(taken.id)) throw new TimedOut('an earlier attempt has still not ended')
  const done = runtime.metrics.deliveryStarted(consumer.name)
  try {
    await inSpan(processSpan(taken), () => withinTime(taken))
    done('ok')
  } catch (error) {
    done(outcomeOf(error))
    throw error
  }
}

const outcomeOf = (error: unknown): string => {
  if (error instanceof TimedOut) return 'timed_out'
  return error instanceof Failure ? error.code : 'internal'
}

const withinTime = async (taken: Taken): Promise<void> => {
  const { runtime, consumer, deps } = taken.work
  const ms = runtime.config.deliveryTimeoutMs
  const aborting = new AbortController()
  const { signal } = aborting
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const timedOut = new TimedOut(`not handled within ${ms} ms`)
    aborting.abort(timedOut)
    late.reject(timedOut)
  }, ms)
  const handling = withActiveCall({ deadline: Date.now() + ms, signal }, async () =>
    consumer.handle(read(taken, signal), deps),
  )
  try {
    await Promise.race([handling, late.promise])
  } catch (error) {
    if (!signal.aborted) throw error
    linger(taken, handling)
    throw signal.reason
  } finally {
    clearTimeout(timer)
  }
}

/** Until the handler has ended, the event is not handled a second time beside it. */
const linger = ({ work, id }: Taken, handling: Promise<void>): void => {
  work.lingering.add(id)
  const ended = () => work.lingering.delete(id)
  handling.then(ended, ended)
}

/** The event, proven to be what its subject says: a stranger's reply cannot pass for one. */
const read = (taken: Taken, signal: AbortSignal): Received<EventDeclaration> => {
  const { work, headers, id, replay } = taken
  const { runtime, consumer } = work
  const data = decode(taken)
  const n = Number(headers[HEADERS.n])
  if (id === '' || !Number.isSafeInteger(n)) throw new Undecodable('the event has no id or number')
  if (parseEventSubject(taken.subject)?.key !== keyOf(consumer.event, data))
    throw new Undecodable('the key is not that of the subject')
  return {
    id,
    data,
    n,
    time: headers[HEADERS.time] ?? '',
    traceId: activeTraceId(),
    signal,
    replay,
    log: runtime.log,
    metrics: runtime.metrics,
  }
}

const decode = ({ work, data }: Taken): unknown => {
  try {
    return work.validate(decodeJson(data))
  } catch (error) {
    throw new Undecodable(`not what the contract says: ${whyOf(error)}`, { cause: error })
  }
}

/** Names of fields, never what they hold. */
const whyOf = (error: unknown): string => {
  if (error instanceof Failure && error.fields) return Object.keys(error.fields).join(', ')
  return error instanceof SyntaxError ? 'no JSON' : 'not readable'
}

const keyOf = (event: EventDeclaration, data: unknown): unknown =>
  event.key === 'all' ? 'all' : (data as Record<string, unknown>)[event.key]
