import { METRICS_ROW, filterHeader, metricsWatches } from '@meshboard/contracts'
import type { FeedEvent } from '../feed-event.ts'
import { showingDoor } from './showing.ts'

const OPENING_BRACE = 0x7b
const HEAD = Buffer.from('{"type":"metrics",')

/** The fields of the data stand beside the type: it is an object, and what is in it is never parsed. */
const show = ({ name, data }: FeedEvent): Buffer | undefined =>
  name === METRICS_ROW.signal.name && data[0] === OPENING_BRACE
    ? Buffer.concat([HEAD, data.subarray(1)])
    : undefined

/** `/ws/metrics`: how good paths are, the moment they are measured. */
export const metricsDoor = showingDoor({
  path: '/ws/metrics',
  watches: metricsWatches,
  fields: new Map(METRICS_ROW.signal.filters.map((name) => [name, undefined])),
  valueOf: ({ headers }, field) => headers[filterHeader(field).toLowerCase()],
  show,
})
