import type {
  ChannelDescription,
  ContractDescription,
  EdgeDescription,
  EventDescription,
  JsonSchema,
  ProcedureDescription,
  SignalDescription,
} from './describe.ts'
import { type Way, schemaChanges } from './schema-changes.ts'

/** One change that breaks somebody. */
export interface BreakingChange {
  readonly kind: 'contract' | 'procedure' | 'event' | 'channel' | 'signal' | 'edge'
  /** What was declared: `earnings.credited`, the name of the contract, or a part of the protocol. */
  readonly name: string
  /**
   * What of it, so that programs can tell changes apart: `http`, `access`, `failures.conflict`,
   * `input.count`, `output.entries[].id`, `data.balance`. Empty when the declaration itself is gone.
   */
  readonly path: string
  /** What happened to it, for people: `field "balance" removed`. */
  readonly what: string
}

/** What breaks somebody when a contract `before` becomes `after` (undefined: it is gone). */
export const contractBreaks = (
  before: ContractDescription,
  after: ContractDescription | undefined,
): BreakingChange[] => {
  if (!after) return [{ kind: 'contract', name: before.name, path: '', what: 'contract removed' }]
  const full = (name: string) => `${before.name}.${name}`
  return [
    ...compare(before.procedures, after.procedures, procedureBreaks, { kind: 'procedure', full }),
    ...compare(before.events, after.events, eventBreaks, { kind: 'event', full }),
    ...compare(before.channels, after.channels, channelBreaks, { kind: 'channel', full }),
    ...compare(before.signals ?? {}, after.signals ?? {}, signalBreaks, { kind: 'signal', full }),
  ]
}

/** The same for the protocol of `/ws/v1`. */
export const edgeBreaks = (before: EdgeDescription, after: EdgeDescription): BreakingChange[] => {
  const frames = (way: Way) => (was: JsonSchema, is: JsonSchema) =>
    fieldBreaks({ side: '', root: 'frame' }, was, is, way)
  const same = (path: string) => (was: number | string, is: number | string) =>
    was === is ? [] : [{ path, what: `was ${was}, is now ${is}` }]
  const part = (noun: string) => ({
    kind: 'edge' as const,
    noun,
    full: (name: string) => `${noun} ${name}`,
  })
  return [
    ...changed('subprotocol', before.subprotocol, after.subprotocol).map((one) => ({
      kind: 'edge' as const,
      name: 'edge protocol',
      ...one,
    })),
    ...compare(before.clientFrames, after.clientFrames, frames('in'), part('client frame')),
    ...compare(before.serverFrames, after.serverFrames, frames('out'), part('server frame')),
    ...compare(before.closeCodes, after.closeCodes, same('code'), part('close code')),
    ...compare(before.eventTypes ?? {}, after.eventTypes ?? {}, same('event'), part('event type')),
  ]
}

/** A change as one sentence: `earnings.credited: field "balance" removed`. */
export const sentenceOf = ({ name, what }: BreakingChange): string => `${name}: ${what}`

/** `contractBreaks` as sentences. Empty when all is additive. */
export const breakingChanges = (...pair: Parameters<typeof contractBreaks>): string[] =>
  contractBreaks(...pair).map(sentenceOf)

/** `edgeBreaks` as sentences. */
export const breakingEdgeChanges = (...pair: Parameters<typeof edgeBreaks>): string[] =>
  edgeBreaks(...pair).map(sentenceOf)

type Break = Pick<BreakingChange, 'path' | 'what'>

interface Kind {
  kind: BreakingChange['kind']
  full: (name: string) => string
  /** What it is called, if not by its kind. */
  noun?: string
}

const compare = <T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  breaks: (was: T, is: T) => Break[],
  { kind, full, noun = kind }: Kind,
): BreakingChange[] =>
  Object.entries(before).flatMap(([name, was]) => {
    const is = after[name]
    const found = is === undefined ? [{ path: '', what: `${noun} removed` }] : breaks(was, is)
    return found.map((one) => ({ kind, name: full(name), ...one }))
  })

const procedureBreaks = (was: ProcedureDescription, is: ProcedureDescription): Break[] => [
  ...changed('access', was.access, is.access),
  ...(was.http ? changed('http', was.http, is.http) : []),
  ...changed('location', was.location, is.location),
  ...withdrawn('socket', was.socket && !is.socket, 'can no longer be called over a socket'),
  ...withdrawn('idempotent', was.idempotent && !is.idempotent, 'is no longer idempotent'),
  ...Object.entries(was.failures).flatMap(([code, { status, retry }]) => {
    const [now, path] = [is.failures[code], `failures.${code}`]
    if (!now) return [{ path, what: `failure "${code}" removed` }]
    const both = [`${status} ${retry}`, `${now.status} ${now.retry}`] as const
    return changed(`failure "${code}"`, ...both).map(({ what }) => ({ path, what }))
  }),
  ...fieldBreaks({ side: 'input ', root: 'input' }, was.input, is.input, 'in'),
  ...fieldBreaks({ side: 'output ', root: 'output' }, was.output, is.output, 'out'),
]

const eventBreaks = (was: EventDescription, is: EventDescription): Break[] => [
  ...changed('topic', was.topic, is.topic),
  ...changed('key', was.key, is.key),
  ...changed('stateKey', was.stateKey, is.stateKey),
  ...changed('update', was.update, is.update),
  ...signalBreaks(was, is),
]

/** What all that is told has: filters and data. */
const signalBreaks = (
  was: Omit<SignalDescription, 'summary'>,
  is: Omit<SignalDescription, 'summary'>,
): Break[] => [
  ...was.filters
    .filter((filter) => !is.filters.includes(filter))
    .map((filter) => ({ path: `filters.${filter}`, what: `filter "${filter}" removed` })),
  ...fieldBreaks({ side: '', root: 'data' }, was.data, is.data, 'out'),
]

const channelBreaks = (was: ChannelDescription, is: ChannelDescription): Break[] => [
  ...changed('class', was.class, is.class),
  ...changed('topic', was.topic, is.topic),
  ...changed('audience', was.audience, is.audience),
  ...(was.snapshot ? changed('snapshot', was.snapshot, is.snapshot) : []),
]

const changed = (path: string, was: string | undefined, is: string | undefined): Break[] =>
  was === is ? [] : [{ path, what: `${path} was ${was ?? 'none'}, is now ${is ?? 'none'}` }]

const withdrawn = (path: string, gone: boolean, what: string): Break[] =>
  gone ? [{ path, what }] : []

const fieldBreaks = (
  { side, root }: { side: string; root: string },
  ...[was, is, way]: [JsonSchema, JsonSchema, Way]
): Break[] =>
  schemaChanges(was, is, way).map(({ path, what }) => ({
    path: path ? `${root}.${path}` : root,
    what: path ? `${side}field "${path}" ${what}` : `the whole ${side || 'value '}${what}`,
  }))
