import { DEAD_STREAM } from '@meshboard/contracts'

/** The account that the broker's own services live in. */
export const SYSTEM_ACCOUNT = 'SYS'

const API = '$JS.API.>'
const NOWHERE = 'nowhere.>'

/**
 * What the mesh ever asks of the broker about streams and durables: making and changing them,
 * looking, reading, moving a leader, taking out a dead letter. Nothing takes away a stream or a
 * durable, or what a stream holds.
 */
const ASKED = [
  'INFO',
  'STREAM.NAMES',
  'STREAM.LIST',
  'STREAM.INFO.*',
  'STREAM.CREATE.*',
  'STREAM.UPDATE.*',
  'STREAM.LEADER.STEPDOWN.*',
  'STREAM.MSG.GET.*',
  `STREAM.MSG.DELETE.${DEAD_STREAM.name}`,
  'CONSUMER.NAMES.*',
  'CONSUMER.LIST.*',
  'CONSUMER.INFO.*.*',
  'CONSUMER.CREATE.>',
  'CONSUMER.DURABLE.CREATE.*.*',
  'CONSUMER.LEADER.STEPDOWN.*.*',
].map((request) => `$JS.API.${request}`)

/** What the system account lets others import. */
export const STREAM_API_EXPORTS = [API, NOWHERE].map(
  (subject) => `{ service: ${JSON.stringify(subject)} }`,
)

/**
 * The imports of an account that may not ask everything of the broker. It gives each account with
 * streams the whole API, reached by whatever is published there, its own answers included: whoever
 * may pull could have the answer "nothing there" delivered to `$JS.API.STREAM.DELETE.<stream>`, and
 * the stream was gone. An import of the whole API that leads nowhere takes the place of that gift;
 * beside it stands what is asked.
 */
export const STREAM_API_IMPORTS = [
  `{ service: { account: ${SYSTEM_ACCOUNT}, subject: "${NOWHERE}" }, to: "${API}" }`,
  ...ASKED.map(
    (subject) => `{ service: { account: ${SYSTEM_ACCOUNT}, subject: "${subject}" }, share: true }`,
  ),
]
