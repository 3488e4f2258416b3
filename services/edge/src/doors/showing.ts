import { failure } from '@meshboard/contracts'
import type { FeedEvent } from '../feed-event.ts'
import type { Received } from '../frames.ts'
import type { Door } from './door.ts'
import { type Fields, type Wanted, spelled, wantedIn } from './query.ts'

/** A door that shows one type of message, and says nothing else but `pong`. */
interface ShowingDoor extends Pick<Door, 'path' | 'watches'> {
  /** What its query filters by. */
  readonly fields: Fields
  /** What an event says of itself in such a field. */
  readonly valueOf: (event: FeedEvent, field: string) => string | undefined
  readonly show: (event: FeedEvent) => Buffer | undefined
}

/** The door of such a row: a token before the upgrade, filters in its query, read by headers alone. */
export const showingDoor = (showing: ShowingDoor): Door => ({
  ...narrowedTo(showing, new Map()),
  narrowed: (query) => {
    const wanted = wantedIn(query, showing.fields)
    return wanted && narrowedTo(showing, wanted)
  },
})

const narrowedTo = ({ path, watches, valueOf, show }: ShowingDoor, wanted: Wanted): Door => {
  const isWanted = (event: FeedEvent) =>
    wanted.entries().every(([field, values]) => values.has(valueOf(event, field) ?? ''))
  return {
    path,
    watches,
    subprotocols: [],
    takesQueryToken: true,
    needsToken: true,
    isManaged: false,
    closeCodes: { draining: 1012 },
    dialect: {
      name: `${path} ${spelled(wanted)}`,
      decode,
      encode: () => undefined,
      encodeEvent: (event) => (isWanted(event) ? show(event) : undefined),
      pong: 'pong',
    },
  }
}

/** Nothing is asked for here; what comes all the same counts against the rate and is passed over. */
const decode = (text: string): readonly Received[] =>
  text.trim() === 'ping' ? [{ request: { type: 'ping' } }] : [{ refused: failure('unsupported') }]
