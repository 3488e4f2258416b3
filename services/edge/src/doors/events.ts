import {
  EVENT_ROWS,
  type EventRow,
  Severity,
  eventWatches,
  filterHeader,
} from '@meshboard/contracts'
import type { FeedEvent } from '../feed-event.ts'
import { showingDoor } from './showing.ts'

const ROWS: ReadonlyMap<string, EventRow> = new Map(EVENT_ROWS.map((row) => [row.event.name, row]))

const CLOSING_BRACE = Buffer.from('}')

const valueOf = (event: FeedEvent, field: string): string | undefined => {
  const row = ROWS.get(event.name)
  if (field === 'event_type') return row?.type
  if (field === 'severity' && row?.severity !== 'told') return row?.severity
  return event.headers[filterHeader(field).toLowerCase()]
}

const show = (event: FeedEvent): Buffer | undefined => {
  const row = ROWS.get(event.name)
  if (!row) return undefined
  const head = JSON.stringify({
    type: 'event',
    event_type: row.type,
    severity: valueOf(event, 'severity'),
    timestamp: event.time,
  })
  return Buffer.concat([Buffer.from(`${head.slice(0, -1)},"data":`), event.data, CLOSING_BRACE])
}

/** `/ws/events`: what the contracts' table names, to those it names. */
export const eventsDoor = showingDoor({
  path: '/ws/events',
  watches: eventWatches,
  fields: new Map([
    ...EVENT_ROWS.flatMap(({ event }) => event.filters.map((name) => [name, undefined] as const)),
    ['event_type', EVENT_ROWS.map(({ type }) => type)] as const,
    ['severity', Severity.options] as const,
  ]),
  valueOf,
  show,
})
