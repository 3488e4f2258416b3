import {
  type DataOf,
  type EventDeclaration,
  HEADERS,
  contracts,
  eventSubject,
  filterHeader,
  serviceOf,
} from '@meshboard/contracts'
import { activeTraceparent, compileValidation, encodeJson, newId } from '@meshboard/kit'
import type { Knex } from 'knex'

/** Raises an event in the transaction it belongs to. */
export type Publish = <E extends EventDeclaration>(event: E, data: DataOf<E>) => Promise<void>

interface OutboxRow {
  id: string
  topic: string
  key: string
  event: string
  headers: Record<string, string>
  payload: Uint8Array
}

const validations = new WeakMap<EventDeclaration, (data: unknown) => unknown>()

/**
 * The events of one transaction. They are written just before it commits, sorted by key: so two
 * transactions cannot wait for each other's keys crosswise, and a key is locked only for a moment.
 */
export class Outbox {
  readonly #service: string
  readonly #rows: OutboxRow[] = []
  #written = false

  constructor(service: string) {
    this.#service = service
  }

  get empty(): boolean {
    return this.#rows.length === 0
  }

  async add<E extends EventDeclaration>(event: E, data: DataOf<E>): Promise<void> {
    if (serviceOf(event.name) !== this.#service)
      throw new Error(`${event.name} is not ${this.#service}'s to raise`)
    if (this.#written) throw new Error(`${event.name} was raised after its transaction`)
    const fields = validated(event, data)
    const payload = encodeJson(fields)
    if (payload.length > EVENT_BYTES_MAX)
      throw new Error(`${event.name} has ${payload.length} bytes, ${EVENT_BYTES_MAX} at most`)
    const key = event.key === 'all' ? 'all' : String(fields[event.key])
    const subject = eventSubject(this.#service, event.topic, key)
    this.#rows.push({
      id: newId('event'),
      topic: event.topic,
      key,
      event: event.name,
      headers: { ...headersOf(event, fields), [HEADERS.subject]: subject },
      payload,
    })
  }

  /** Numbers and stores the events, and has the relay woken at commit. */
  async write(transaction: Knex): Promise<void> {
    this.#written = true
    if (this.empty) return
    const rows = this.#rows
    await transaction.raw(WRITE, [
      rows.map((row) => row.id),
      rows.map((row) => row.topic),
      rows.map((row) => row.key),
      rows.map((row) => row.event),
      rows.map((row) => JSON.stringify(row.headers)),
      rows.map((row) => Buffer.from(row.payload)),
      outboxChannel(this.#service),
    ])
  }
}

/** Half of what the broker takes at the least: an event it refused would hold up its key for ever. */
const EVENT_BYTES_MAX = 512 * 1024

/** The NOTIFY channel on which a service's relay is woken. */
export const outboxChannel = (service: string): string => `${service}_outbox`

/**
 * Raising a channel's number locks its row until the commit, so the order of numbers is the order
 * of commits; the upsert takes the rows in sorted order.
 */
const WRITE = `
  with added as materialized (
    select *, row_number() over (partition by topic, key order by place) as nth
    from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::jsonb[], ?::bytea[])
      with ordinality as added (id, topic, key, event, headers, payload, place)
  ), raised as (
    insert into channel_numbers as counted (topic, key, n)
    select topic, key, count(*) from added group by topic, key order by topic, key
    on conflict (topic, key) do update set n = counted.n + excluded.n
    returning topic, key, n
  ), stored as (
    insert into outbox (id, topic, key, n, event, headers, payload)
    select added.id, added.topic, added.key,
      raised.n - count(*) over (partition by added.topic, added.key) + added.nth,
      added.event, added.headers, added.payload
    from added join raised using (topic, key)
    order by added.place
  )
  select pg_notify(?, '')`

const validated = (event: EventDeclaration, data: unknown): Record<string, unknown> => {
  let validate = validations.get(event)
  if (!validate) validations.set(event, (validate = compileValidation(event.data)))
  try {
    return validate(data) as Record<string, unknown>
  } catch (error) {
    throw new Error(`${event.name} was raised against its contract`, { cause: error })
  }
}

const headersOf = (
  event: EventDeclaration,
  data: Record<string, unknown>,
): Record<string, string> => {
  const traceparent = activeTraceparent()
  return {
    [HEADERS.event]: event.name,
    [HEADERS.time]: new Date().toISOString(),
    [HEADERS.contract]: contractOf(event),
    ...(traceparent !== undefined && { [HEADERS.traceparent]: traceparent }),
    ...(event.stateKey !== undefined && { [HEADERS.stateKey]: String(data[event.stateKey]) }),
    ...Object.fromEntries(event.filters.map((name) => [filterHeader(name), String(data[name])])),
  }
}

const contractOf = (event: EventDeclaration): string => {
  const service = serviceOf(event.name)
  const version = Object.values(contracts).find(({ name }) => name === service)?.version
  return `${service}@${version ?? '0.0.0'}`
}
