import type {
  ChannelDescription,
  ContractDescription,
  EdgeDescription,
  EventDescription,
  JsonSchema,
  ProcedureDescription,
} from './describe.ts'
import { type Way, schemaChanges } from './schema-changes.ts'

/**
 * What breaks somebody when a contract `before` becomes `after` (undefined: it is gone), one
 * sentence each: `earnings.credited: field "balance" removed`. Empty when all is additive.
 */
export const breakingChanges = (
  before: ContractDescription,
  after: ContractDescription | undefined,
): string[] => {
  if (!after) return [`${before.name}: contract removed`]
  const full = (name: string) => `${before.name}.${name}`
  return [
    ...compare(before.procedures, after.procedures, procedureBreaks, 'procedure', full),
    ...compare(before.events, after.events, eventBreaks, 'event', full),
    ...compare(before.channels, after.channels, channelBreaks, 'channel', full),
  ]
}

/** The same for the protocol of `/ws/v1`. */
export const breakingEdgeChanges = (before: EdgeDescription, after: EdgeDescription): string[] => {
  const frames = (way: Way) => (was: JsonSchema, is: JsonSchema) => fieldBreaks('', was, is, way)
  const codes = (was: number, is: number) => (was === is ? [] : [`was ${was}, is now ${is}`])
  return [
    ...changed('subprotocol', before.subprotocol, after.subprotocol),
    ...compare(before.clientFrames, after.clientFrames, frames('in'), 'client frame'),
    ...compare(before.serverFrames, after.serverFrames, frames('out'), 'server frame'),
    ...compare(before.closeCodes, after.closeCodes, codes, 'close code'),
  ]
}

const compare = <T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  breaks: (was: T, is: T) => string[],
  kind: string,
  title = (name: string) => `${kind} ${name}`,
): string[] =>
  Object.entries(before).flatMap(([name, was]) => {
    const is = after[name]
    const what = is === undefined ? [`${kind} removed`] : breaks(was, is)
    return what.map((sentence) => `${title(name)}: ${sentence}`)
  })

const procedureBreaks = (was: ProcedureDescription, is: ProcedureDescription): string[] => [
  ...changed('access', was.access, is.access),
  ...(was.http ? changed('http', was.http, is.http) : []),
  ...changed('location', was.location, is.location),
  ...(was.socket && !is.socket ? ['can no longer be called over a socket'] : []),
  ...(was.idempotent && !is.idempotent ? ['is no longer idempotent'] : []),
  ...Object.entries(was.failures).flatMap(([code, { status, retry }]) => {
    const now = is.failures[code]
    if (!now) return [`failure "${code}" removed`]
    return changed(`failure "${code}"`, `${status} ${retry}`, `${now.status} ${now.retry}`)
  }),
  ...fieldBreaks('input ', was.input, is.input, 'in'),
  ...fieldBreaks('output ', was.output, is.output, 'out'),
]

const eventBreaks = (was: EventDescription, is: EventDescription): string[] => [
  ...changed('topic', was.topic, is.topic),
  ...changed('key', was.key, is.key),
  ...changed('stateKey', was.stateKey, is.stateKey),
  ...changed('update', was.update, is.update),
  ...was.filters
    .filter((filter) => !is.filters.includes(filter))
    .map((filter) => `filter "${filter}" removed`),
  ...fieldBreaks('', was.data, is.data, 'out'),
]

const channelBreaks = (was: ChannelDescription, is: ChannelDescription): string[] => [
  ...changed('class', was.class, is.class),
  ...changed('topic', was.topic, is.topic),
  ...changed('audience', was.audience, is.audience),
  ...(was.snapshot ? changed('snapshot', was.snapshot, is.snapshot) : []),
]

const changed = (what: string, was: string | undefined, is: string | undefined): string[] =>
  was === is ? [] : [`${what} was ${was ?? 'none'}, is now ${is ?? 'none'}`]

const fieldBreaks = (side: string, was: JsonSchema, is: JsonSchema, way: Way): string[] =>
  schemaChanges(was, is, way).map(({ path, what }) =>
    path ? `${side}field "${path}" ${what}` : `the whole ${side || 'value '}${what}`,
  )
