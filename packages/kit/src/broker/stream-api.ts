import { DEAD_STREAM } from '@meshboard/contracts'
import type { Place } from './provisioner.ts'

/** The account that the broker's own services live in. */
export const SYSTEM_ACCOUNT = 'SYS'

const API = '$JS.API.>'
const NOWHERE = 'nowhere.>'

/**
 * What the mesh ever asks of the broker about streams and durables: making and changing them,
 * looking, reading, moving a leader, saving a stream and bringing one back that is not there, taking
 * out a dead letter. Nothing takes away a stream or a durable, or what a stream holds.
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
  'STREAM.SNAPSHOT.*',
  'STREAM.RESTORE.*',
  `STREAM.MSG.DELETE.${DEAD_STREAM.name}`,
  'CONSUMER.NAMES.*',
  'CONSUMER.LIST.*',
  'CONSUMER.INFO.*.*',
  'CONSUMER.CREATE.>',
  'CONSUMER.DURABLE.CREATE.*.*',
  'CONSUMER.LEADER.STEPDOWN.*.*',
]

/** What the system account lets others import. */
export const STREAM_API_EXPORTS = [API, NOWHERE].map(
  (subject) => `{ service: ${JSON.stringify(subject)} }`,
)

/**
 * The imports of an account that may not ask everything of the broker. It gives each account with
 * streams the whole API, reached by whatever is published there, its own answers included: whoever
 * may pull could have the answer "nothing there" delivered to `$JS.API.STREAM.DELETE.<stream>`, and
 * the stream was gone. An import of the whole API that leads nowhere takes the place of that gift;
 * beside it stands what is asked, and the end of what is retired.
 */
export const streamApiImports = (retired: readonly Place[]): string[] => [
  `{ service: { account: ${SYSTEM_ACCOUNT}, subject: "${NOWHERE}" }, to: "${API}" }`,
  ...[...ASKED, ...retired.map(deletionOf)].map(
    (request) =>
      `{ service: { account: ${SYSTEM_ACCOUNT}, subject: "$JS.API.${request}" }, share: true }`,
  ),
]

const deletionOf = ({ stream, durable }: Place): string =>
  durable === undefined ? `STREAM.DELETE.${stream}` : `CONSUMER.DELETE.${stream}.${durable}`
