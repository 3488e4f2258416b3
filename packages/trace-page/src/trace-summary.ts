import type { Span } from './span.ts'
import type { Trace } from './trace-store.ts'

/** A trace in one line. */
export interface Summary {
  readonly id: string
  /** The service in which it began, as far as is known. */
  readonly service: string
  /** The name of its first span. */
  readonly name: string
  /** What it is about, where the name does not say it: the first procedure that is called. */
  readonly about: string
  /** It began with a request from outside. */
  readonly isRequest: boolean
  /** Microseconds since 1970. */
  readonly startMicros: number
  readonly durationMicros: number
  readonly spans: number
  /** In the order in which they took part. */
  readonly services: readonly string[]
  readonly failures: number
  /** How the first failed span failed; empty where none did. */
  readonly failure: string
}

/** Sums a trace up. It has at least one span. */
export const summaryOf = ({ id, spans }: Trace): Summary | undefined => {
  const inOrder = spans.toSorted((a, b) => a.startMicros - b.startMicros)
  const first = inOrder.find(({ parentId }) => parentId === undefined) ?? inOrder[0]
  if (!first) return undefined
  const startMicros = inOrder[0]?.startMicros ?? first.startMicros
  const end = spans.reduce(
    (most, span) => Math.max(most, span.startMicros + span.durationMicros),
    0,
  )
  const failed = inOrder.filter(hasFailed)
  return {
    ...{ id, startMicros, service: first.service, name: first.name },
    about: aboutOf(first, inOrder),
    isRequest: first.kind === 'server',
    durationMicros: end - startMicros,
    spans: spans.length,
    services: [...new Set(inOrder.map(({ service }) => service))],
    failures: failed.length,
    failure: failed[0] ? failureOf(failed[0]) : '',
  }
}

const aboutOf = (first: Span, inOrder: readonly Span[]): string => {
  const method = inOrder.find(({ attributes }) => typeof attributes['rpc.method'] === 'string')
  const about = String(method?.attributes['rpc.method'] ?? '')
  return first.name.includes(about) ? '' : about
}

/** Whether something went wrong in it, or it was answered with a refusal. */
export const hasFailed = ({ failed, attributes }: Span): boolean =>
  failed || attributes['error.type'] !== undefined

/** How it failed: its type of error, else what its status says. */
export const failureOf = ({ attributes, message }: Span): string =>
  String(attributes['error.type'] ?? (message || 'error'))
