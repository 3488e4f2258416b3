import { readFileSync } from 'node:fs'
import {
  type AfterClose,
  ANY_CALL,
  CLOSE_CODES,
  type EdgeLimits,
  FAILURES,
  type FailureSpec,
  type JsonSchema,
  afterClose,
  allContracts,
  describeContract,
  describeEdgeProtocol,
} from '@meshboard/contracts'
import { service as edge } from '@meshboard/edge'
import type { GeneratedFile } from '../generator.ts'
import { markdownTable, markedSection } from '../markdown.ts'
import { fieldType } from './field-type.ts'
import { vectorsText } from './vectors.ts'
import { CLIENT_WORDS, SERVER_WORDS } from './words.ts'

const PAGE = 'docs/protocol.md'
const code = (text: string | number): string => `\`${text}\``

type Words = Readonly<Record<string, { about: string; fields: Readonly<Record<string, string>> }>>

const framesText = (frames: Readonly<Record<string, JsonSchema>>, words: Words): string =>
  Object.entries(frames)
    .map(([type, schema]) => {
      const { about, fields } = words[type] ?? { about: '', fields: {} }
      const { type: _, ...properties } = schema.properties ?? {}
      const rows = Object.entries(properties).map(([name, field]) => [
        code(schema.required?.includes(name) ? name : `${name}?`),
        fieldType(field),
        fields[name] ?? '',
      ])
      const table = rows.length > 0 ? [markdownTable(['field', 'type', 'meaning'], rows)] : []
      return [`#### \`${type}\``, about, ...table].join('\n\n')
    })
    .join('\n\n')

const AFTER: Readonly<Record<AfterClose, string>> = {
  stop: 'stop: a fault of the program, or its version',
  sign_in: 'log in again, once',
  reconnect: 'reconnect, spread over a second, and resume',
  reconnect_later: 'reconnect after the delay in the reason (`… 1500 ms`), and resume',
  back_off: 'wait 30 s or more, tell the user',
}

/** Standard codes that a client meets too. */
const STANDARD: readonly (readonly [number, string])[] = [
  [1001, 'going away'],
  [1002, 'protocol error'],
  [1006, 'no close frame: the connection was cut'],
  [1007, 'not UTF-8'],
  [1008, 'a message in too many pieces'],
  [1009, 'message too large'],
  [1012, 'service restart (plain doors)'],
]

const closeCodesTable = (): string =>
  markdownTable(
    ['code', 'reason', 'what the client does'],
    [...Object.values(CLOSE_CODES).map((one) => [one.code, one.reason] as const), ...STANDARD].map(
      ([number, reason]) => [code(number), reason, AFTER[afterClose(number)]],
    ),
  )

/** By the name of the variable: what has a unit or a bound in it limits somebody. */
const LIMIT = /_(MS|MAX|BYTES|BURST|SECOND)$/

/** What `welcome` calls the limits that it announces. */
const ANNOUNCED: Readonly<Record<keyof EdgeLimits, string>> = {
  frame_in_bytes: 'EDGE_FRAME_IN_BYTES_MAX',
  frame_out_bytes: 'EDGE_FRAME_OUT_BYTES_MAX',
  subscriptions: 'EDGE_SUBSCRIPTIONS_MAX',
  calls_in_flight: 'EDGE_CALLS_IN_FLIGHT_MAX',
  connections_per_user: 'EDGE_USER_CONNECTIONS_MAX',
  operations_per_second: 'EDGE_OPERATIONS_PER_SECOND',
  operations_burst: 'EDGE_OPERATIONS_BURST',
  first_frame_ms: 'EDGE_FIRST_FRAME_MS',
  silence_ms: 'EDGE_SILENCE_MS',
  write_deadline_ms: 'EDGE_WRITE_DEADLINE_MS',
  close_handshake_ms: 'EDGE_CLOSE_HANDSHAKE_MS',
  outbound_bytes: 'EDGE_OUTBOUND_BYTES_MAX',
  outbound_high_bytes: 'EDGE_OUTBOUND_HIGH_BYTES',
  replay_events: 'EDGE_REPLAY_EVENTS_MAX',
}

const announcedAs = (env: string): string => {
  const field = Object.entries(ANNOUNCED).find(([, variable]) => variable === env)?.[0]
  return field === undefined ? '' : code(field)
}

const limitsTable = (): string =>
  markdownTable(
    ['limit', 'in `welcome.limits`', 'default', 'what it is, and what happens there'],
    Object.values(edge.config)
      .filter(({ env }) => LIMIT.test(env))
      .map(({ env, default: value, meaning }) => [
        code(env),
        announcedAs(env),
        code(value ?? ''),
        meaning,
      ]),
  )

const failuresTable = (): string =>
  markdownTable(
    ['code', 'HTTP', 'retry', 'any call', 'what a person reads'],
    Object.entries<FailureSpec>(FAILURES).map(([name, { status, retry, message }]) => [
      code(name),
      String(status),
      code(retry),
      (ANY_CALL as readonly string[]).includes(name) ? 'yes' : '',
      message,
    ]),
  )

const channelsTable = (): string =>
  markdownTable(
    ['channel', 'class', 'events', 'filter fields', 'kept', 'snapshot'],
    allContracts.map(describeContract).flatMap(({ channels, events }) =>
      Object.entries(channels).map(([name, { class: kind, topic, snapshot }]) => {
        const shown = Object.entries(events).filter(([, event]) => event.topic === topic)
        const filters = [...new Set(shown.flatMap(([, event]) => event.filters))]
        return [
          code(name),
          code(kind),
          shown.map(([event]) => code(event)).join(', '),
          filters.map(code).join(', '),
          keptFor(shown.map(([, event]) => event.keepDays)),
          snapshot === undefined ? '' : code(snapshot),
        ]
      }),
    ),
  )

const keptFor = (days: readonly number[]): string =>
  days.length === 0 ? 'not kept' : `${Math.min(...days)} days`

const callsTable = (): string =>
  markdownTable(
    ['procedure', 'what it does', 'input', 'may be sent again'],
    allContracts
      .flatMap(({ procedures }) => Object.values(procedures))
      .filter(({ socket }) => socket)
      .map((procedure) => [
        code(procedure.name),
        procedure.summary,
        inputOf(procedure.input.toJSONSchema({ io: 'input' }) as JsonSchema),
        procedure.idempotent ? 'yes' : 'with an `idempotency_key`',
      ]),
  )

const inputOf = ({ properties = {}, required = [] }: JsonSchema): string =>
  Object.keys(properties)
    .map((name) => code(required.includes(name) ? name : `${name}?`))
    .join(', ')

const readVectors = (): string =>
  readFileSync(new URL('../../docs/protocol-vectors.json', import.meta.url), 'utf8')

/** What the page of the edge protocol has from schemas, catalogues and configuration. */
export const protocolSections = (): readonly GeneratedFile[] => {
  const { clientFrames, serverFrames } = describeEdgeProtocol()
  return [
    markedSection(PAGE, 'client-frames', () => framesText(clientFrames, CLIENT_WORDS)),
    markedSection(PAGE, 'server-frames', () => framesText(serverFrames, SERVER_WORDS)),
    markedSection(PAGE, 'channels', channelsTable),
    markedSection(PAGE, 'calls', callsTable),
    markedSection(PAGE, 'vectors', () => vectorsText(readVectors())),
    markedSection(PAGE, 'close-codes', closeCodesTable),
    markedSection(PAGE, 'limits', limitsTable),
    markedSection(PAGE, 'failures', failuresTable),
  ]
}
