import { readConfig } from '@meshboard/kit/config'
import { config } from '../src/config.ts'
import { type RunningPage, startTracePage } from '../src/trace-page.ts'

/** One span as a test says it: milliseconds after the beginning of `BEGAN`. */
export interface Told {
  trace?: string
  id: string
  parent?: string
  service?: string
  name?: string
  /** As OTLP numbers it; 2 is a server's. */
  kind?: number
  from?: number
  ms?: number
  failed?: boolean
  attributes?: Record<string, string | number>
  events?: object[]
  links?: object[]
}

/** When every trace of a test began, milliseconds since 1970. */
const BEGAN = 1_763_740_800_000

/** An id of so many hex digits from a short one. */
const idOf = (short: string, digits = 16): string => short.padStart(digits, '0')

/** A trace id from a short one. */
export const traceIdOf = (short: string): string => idOf(short, 32)

/** An `ExportTraceServiceRequest` with these spans, one resource a span. */
export const requestOf = (told: readonly Told[]) => ({
  resourceSpans: told.map((span) => ({
    resource: { attributes: [text('service.name', span.service ?? 'edge')] },
    scopeSpans: [{ scope: { name: 'meshboard' }, spans: [toOtlp(span)] }],
  })),
})

const toOtlp = (span: Told) => ({
  traceId: traceIdOf(span.trace ?? 'a'),
  spanId: idOf(span.id),
  ...(span.parent !== undefined && { parentSpanId: idOf(span.parent) }),
  name: span.name ?? `span ${span.id}`,
  kind: span.kind ?? 2,
  startTimeUnixNano: nanos(span.from ?? 0),
  endTimeUnixNano: nanos((span.from ?? 0) + (span.ms ?? 1)),
  attributes: Object.entries(span.attributes ?? {}).map(([key, value]) =>
    typeof value === 'number' ? { key, value: { intValue: value } } : text(key, value),
  ),
  events: span.events ?? [],
  links: span.links ?? [],
  status: span.failed ? { code: 2, message: 'not_found' } : { code: 0 },
})

/** A time as OTLP has it. */
export const nanos = (ms: number): string => `${BigInt(BEGAN + ms) * 1_000_000n}`

/** An attribute that is a text. */
export const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })

/** A page of a test's own, and what a test does with it. */
export class TestPage {
  readonly running: RunningPage

  private constructor(running: RunningPage) {
    this.running = running
  }

  static async start(env: Record<string, string> = {}): Promise<TestPage> {
    return new TestPage(await startTracePage(readConfig(config, { TRACES_PORT: '0', ...env })))
  }

  post(body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.running.url}/v1/traces`, {
      method: 'POST',
      body: body as string,
      headers: { 'content-type': 'application/json', ...headers },
    })
  }

  /** Delivers spans, each in a delivery of its own; throws when they are not taken. */
  async take(...told: Told[]): Promise<void> {
    for (const span of told) {
      const answer = await this.post(JSON.stringify(requestOf([span])))
      if (answer.status !== 200) throw new Error(await answer.text())
    }
  }

  /** The text of a page, which is there. */
  async html(path: string): Promise<string> {
    const answer = await fetch(this.running.url + path)
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`)
    return answer.text()
  }

  async json<T>(path: string): Promise<T> {
    return (await (await fetch(this.running.url + path)).json()) as T
  }

  /** The short ids of the traces that a filter finds, in the order of the list. */
  async find(query = ''): Promise<string[]> {
    const { traces } = await this.json<{ traces: { trace_id: string }[] }>(`/api/traces?${query}`)
    return traces.map(({ trace_id }) => trace_id.replace(/^0+/, ''))
  }
}
