import type { SpanContext } from '@opentelemetry/api'
import { hrTimeDuration, millisToHrTime } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import { failureNotKept } from './telemetry-metrics.ts'
import type { FailedSpan } from './unrecorded-span.ts'

const SECOND_MS = 1_000

/**
 * Sends what is left of a failed span as a span of its own that ends now: at most so many in a second,
 * so that a storm of refusals costs no more than that; those beyond are counted.
 */
export const keepingFailed = (
  processor: SpanProcessor,
  { resource, perSecondMax }: { resource: Resource; perSecondMax: number },
): ((failed: FailedSpan) => void) => {
  const isWithin = perSecond(perSecondMax)
  return (failed) => {
    if (isWithin()) processor.onEnd(toReadable(failed, resource))
    else failureNotKept()
  }
}

const perSecond = (max: number): (() => boolean) => {
  let second = 0
  let count = 0
  return () => {
    const now = Math.floor(performance.now() / SECOND_MS)
    if (now !== second) count = 0
    second = now
    count += 1
    return count <= max
  }
}

const toReadable = (failed: FailedSpan, resource: Resource): ReadableSpan => {
  const { name, kind, context, above, attributes, status, startedAt } = failed
  const endedAt = Date.now()
  const startTime = millisToHrTime(endedAt - (performance.now() - startedAt))
  const endTime = millisToHrTime(endedAt)
  return {
    ...{ name, kind, attributes, status, startTime, endTime, resource },
    ...(above && { parentSpanContext: above }),
    spanContext: (): SpanContext => context,
    duration: hrTimeDuration(startTime, endTime),
    ended: true,
    links: [],
    events: [],
    instrumentationScope: { name: 'meshboard' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}
