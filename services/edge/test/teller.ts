import {
  type DataOf,
  type EventDeclaration,
  HEADERS,
  type Signal,
  eventSubject,
  filterHeader,
  localName,
  serviceOf,
  signalSubject,
  streamName,
} from '@meshboard/contracts'
import { encodeJson, newId } from '@meshboard/kit'
import type { EdgeMesh } from './harness.ts'

/** Tells events and signals as their services would. */
export class Teller {
  readonly #mesh: EdgeMesh
  readonly #numbers = new Map<string, number>()

  constructor(mesh: EdgeMesh) {
    this.#mesh = mesh
  }

  /** Stores the next event of its topic and key; gives when it happened. */
  async raise<E extends EventDeclaration>(event: E, data: DataOf<E>): Promise<string> {
    const service = serviceOf(event.name)
    const fields = data as Record<string, unknown>
    const key = event.key === 'all' ? 'all' : String(fields[event.key])
    const subject = eventSubject(service, event.topic, key)
    const n = (this.#numbers.get(subject) ?? 0) + 1
    this.#numbers.set(subject, n)
    const broker = await this.#mesh.brokerOf(service)
    const { time, ...headers } = headersOf(event, fields)
    await broker.store(streamName(service), subject, encodeJson(data), {
      id: newId('event'),
      headers: { ...headers, [HEADERS.time]: time, [HEADERS.n]: String(n) },
      deadline: Date.now() + 5_000,
    })
    return time
  }

  /** Says a signal under a key. */
  async say<S extends Signal>(signal: S, key: string, data: DataOf<S>): Promise<void> {
    const service = serviceOf(signal.name)
    const broker = await this.#mesh.brokerOf(service)
    const { time, ...headers } = headersOf(signal, data as Record<string, unknown>)
    const subject = signalSubject(service, localName(signal.name), key)
    broker.publish(subject, encodeJson(data), { ...headers, [HEADERS.time]: time })
  }
}

const headersOf = (
  { name, filters }: { name: string; filters: readonly string[] },
  data: Record<string, unknown>,
): Record<string, string> & { time: string } => ({
  time: new Date().toISOString(),
  [HEADERS.event]: name,
  ...Object.fromEntries(filters.map((field) => [filterHeader(field), String(data[field])])),
})
