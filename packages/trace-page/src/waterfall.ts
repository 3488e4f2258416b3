import type { Span } from './span.ts'
import type { Trace } from './trace-store.ts'

/** A span where it stands in its trace. */
export interface Row {
  readonly span: Span
  /** How many spans are above it; 0 for one that has no parent, or none that has come. */
  readonly depth: number
  /** Its parent is named but has not come: not recorded, or not yet. */
  readonly isOrphan: boolean
  /** From the beginning of the trace, microseconds. */
  readonly offsetMicros: number
}

/** A trace in the order in which it is read: each span followed by what hangs below it, by time. */
export interface Waterfall {
  readonly rows: readonly Row[]
  /** Microseconds since 1970. */
  readonly startMicros: number
  /** To the end of the last span, outbox and consumers included. */
  readonly durationMicros: number
}

/** Puts the spans of a trace in order. */
export const waterfallOf = ({ spans }: Pick<Trace, 'spans'>): Waterfall => {
  const startMicros = spans.reduce((least, span) => Math.min(least, span.startMicros), Infinity)
  const endMicros = spans.reduce((most, span) => Math.max(most, endOf(span)), 0)
  const known = new Set(spans.map(({ spanId }) => spanId))
  const below = Map.groupBy(
    spans.toSorted((a, b) => a.startMicros - b.startMicros || endOf(b) - endOf(a)),
    ({ parentId }) => (parentId !== undefined && known.has(parentId) ? parentId : ''),
  )
  const rows = [...downFrom('', below)].map(({ span, depth }) => ({
    ...{ span, depth },
    isOrphan: depth === 0 && span.parentId !== undefined,
    offsetMicros: span.startMicros - startMicros,
  }))
  return { rows, startMicros, durationMicros: endMicros - startMicros }
}

/**
 * Depth first and without recursion, since a trace may be as deep as it is long. What hangs below
 * itself has no place in a tree, and is left out.
 */
function* downFrom(root: string, below: ReadonlyMap<string, readonly Span[]>) {
  const open = (id: string, depth: number) =>
    (below.get(id) ?? []).toReversed().map((span) => ({ span, depth }))
  const stack = open(root, 0)
  for (let next = stack.pop(); next; next = stack.pop()) {
    yield next
    stack.push(...open(next.span.spanId, next.depth + 1))
  }
}

const endOf = ({ startMicros, durationMicros }: Span): number => startMicros + durationMicros
