import type { Up } from './up.ts'

/** A span as the trace page of `up` has it. */
export interface ShownSpan {
  readonly depth: number
  readonly service: string
  readonly name: string
  readonly kind: string
  readonly failed: boolean
  readonly attributes: Readonly<Record<string, unknown>>
}

/** What the trace page shows of a trace, in its order; nothing of one that has not come. */
export const spansShown = async (up: Up, traceId: string): Promise<readonly ShownSpan[]> => {
  const { traces = '' } = (await up.facts())?.urls ?? {}
  const answer = await fetch(`${traces}/api/traces/${traceId}`)
  return answer.ok ? ((await answer.json()) as { spans: ShownSpan[] }).spans : []
}

/** Every trace that the page of `up` has kept, as the text of its JSON. */
export const tracesKept = async (up: Up): Promise<string[]> => {
  const { traces = '' } = (await up.facts())?.urls ?? {}
  const list = await fetch(`${traces}/api/traces`)
  const kept = (await list.json()) as { traces: { trace_id: string }[] }
  const textOf = async (id: string) => (await fetch(`${traces}/api/traces/${id}`)).text()
  return Promise.all(kept.traces.map((one) => textOf(one.trace_id)))
}

/** Each span as the way to it from the root: `edge ws call > network UPDATE connections`. */
export const pathsShown = async (up: Up, traceId: string): Promise<string[]> => {
  const way: string[] = []
  return (await spansShown(up, traceId)).map(({ depth, service, name }) => {
    way.splice(depth, way.length, `${service} ${name}`)
    return way.join(' > ')
  })
}
