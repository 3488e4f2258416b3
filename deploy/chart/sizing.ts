import { databaseConfig } from '@meshboard/db'
import { services } from '../src/mesh.ts'
import { markdownTable } from '../markdown.ts'
import { factsOf } from './facts.ts'
import { presets } from './presets.ts'

/** What things cost, as the benchmarks found it. */
export interface Costs {
  /** Processor time of the gateway for a request, microseconds. */
  readonly requestMicros: number
  /** Of a service for one event and its two transactions, milliseconds. */
  readonly eventMillis: number
  /** Of the edge for a connection and its login, microseconds. */
  readonly connectMicros: number
  /** Of the edge for an event to one socket, each event another one, microseconds. */
  readonly deliveryMicros: number
  /** Memory of the edge for an open connection, KiB. */
  readonly connectionKib: number
}

const WHERE: Readonly<Record<keyof Costs, RegExp>> = {
  requestMicros: /a request at the gateway ([\d.]+) µs/,
  eventMillis: /\*\*One event\.\*\* ([\d.]+) ms of CPU in the service/,
  connectMicros: /connects: ([\d.]+) µs/,
  deliveryMicros: /`cpuVsNetRaw` [^\n]*?([\d.]+) µs a delivery/,
  connectionKib: /`kibPerConnection` +\|[^|]*\| \**([\d.]+)/,
}

/** Finds the costs in the page of results. Throws when it does not say one of them any more. */
export const costsIn = (results: string): Costs =>
  Object.fromEntries(
    Object.entries(WHERE).map(([name, where]) => {
      const found = where.exec(results)?.[1]
      if (found === undefined) throw new Error(`e2e/bench/RESULTS.md does not say ${where.source}`)
      return [name, Number(found)]
    }),
  ) as unknown as Costs

/** What of a core is to be used; the autoscaler adds a copy beyond. */
const SHARE = 0.7

const number = (value: number): string => Math.round(value).toLocaleString('en')
const perCore = (micros: number): string => `${number((SHARE * 1e6) / micros)} a second`

/** The sizing tables of the chart's README. */
export const sizing = (costs: Costs): string =>
  [
    'What a core takes, used at 70 %:',
    markdownTable(['work', 'cost', 'of one core'], costRows(costs)),
    meshSentence(costs),
    markdownTable(
      [
        'connections',
        'edges',
        'memory of them',
        'events a second',
        'cores of consumers',
        'stored a day',
      ],
      [10_000, 100_000, 1_000_000].map((connections) => meshRow(connections, costs)),
    ),
    edgeSentence(costs),
    databaseSentence(),
  ].join('\n\n')

const costRows = (costs: Costs): string[][] => [
  ['a request at the gateway', `${costs.requestMicros} µs`, perCore(costs.requestMicros)],
  [
    'an event in a consumer, with its two transactions',
    `${costs.eventMillis} ms`,
    perCore(costs.eventMillis * 1_000),
  ],
  [
    'a connection and its login at the edge',
    `${costs.connectMicros} µs`,
    perCore(costs.connectMicros),
  ],
  ['an event to one socket', `${costs.deliveryMicros} µs`, perCore(costs.deliveryMicros)],
]

/** Consumers of the events that a connection brings about each minute that it is online. */
const handledEachMinute = (): number =>
  services
    .flatMap(({ consumers }) => consumers)
    .filter(({ event }) => MINUTELY.includes(event.name)).length

const MINUTELY = ['network.uptimeAccrued', 'earnings.credited']

const perEdge = presets.connections.autoscaling['connections'] ?? 0

const meshSentence = ({ connectionKib, eventMillis }: Costs): string =>
  [
    `A connection that is online brings about ${MINUTELY.length} events a minute (\`${MINUTELY.join('`, `')}\`), which ${handledEachMinute()} consumers handle.`,
    `So, with c connections: c / ${number(perEdge)} edges, c × ${connectionKib} KiB for their sockets, c / 60 × ${MINUTELY.length} events a second, c / 60 × ${handledEachMinute()} × ${eventMillis} ms of processor time a second for the consumers of all services, a core for each ${number(SHARE * 1_000)} ms of it;`,
    'and, at 1,000 bytes a message, c × 1,440 × 2 × 1,000 bytes a day in the streams, times `keepDays` and `nats.streamReplicas`.',
  ].join(' ')

const meshRow = (connections: number, { connectionKib, eventMillis }: Costs): string[] => {
  const handled = (connections / 60) * handledEachMinute()
  return [
    number(connections),
    number(Math.max(2, Math.ceil(connections / perEdge))),
    `${number((connections * connectionKib) / 1024)} MiB`,
    number((connections / 60) * MINUTELY.length),
    ((handled * eventMillis) / 1_000 / SHARE).toFixed(1),
    `${number((connections * 1_440 * MINUTELY.length * 1_000) / 1e9)} GB`,
  ]
}

/** Of a Node.js process with the services' libraries loaded and nothing to do, MiB. */
const PROCESS_MIB = 130

/** MiB that an edge takes with as many sockets as it lets in and all that may wait for them. */
export const edgeMemory = ({ connectionKib }: Costs) => {
  const sockets = presets.connections.config['*_CONNECTIONS_MAX'] ?? 0
  const waiting = Number(socketBudget?.default) / 2 ** 20
  const forSockets = Math.round((sockets * connectionKib) / 1024)
  return { sockets, waiting, forSockets, all: forSockets + waiting + PROCESS_MIB }
}

const socketBudget = services
  .flatMap(({ config }) => Object.values(config))
  .find(({ env }) => env === 'EDGE_OUTBOUND_BUDGET_BYTES')

const edgeSentence = (costs: Costs): string => {
  const { sockets, waiting, forSockets, all } = edgeMemory(costs)
  return (
    `A copy of the edge has ${presets.connections.resources?.memory} for ${number(sockets)} sockets (\`EDGE_CONNECTIONS_MAX\`; then it refuses): ` +
    `${number(sockets)} × ${costs.connectionKib} KiB = ${forSockets} MiB, ${waiting} MiB that may wait for clients (\`EDGE_OUTBOUND_BUDGET_BYTES\`) and ${PROCESS_MIB} MiB of the process are ${all}; the rest is for crowds that log in. ` +
    `At ${number(perEdge)} sockets each another copy is asked for; to log in those of one that went away takes ${((perEdge * costs.connectMicros) / 1e6).toFixed(0)} s of a core.`
  )
}

const databaseSentence = (): string => {
  const each = Number(databaseConfig.databaseConnectionsMax.default) + 1
  const users = services.filter((service) => factsOf(service).databaseRole !== undefined).length
  return (
    `Each copy of the ${users} services with a database has at most ${each} connections to it (\`DATABASE_CONNECTIONS_MAX\` and one to cancel): ` +
    `${users} × 2 × ${each} = ${users * 2 * each} with two copies each, ${users} × 10 × ${each} = ${users * 10 * each} where all are scaled to ten. ` +
    '`max_connections` of Postgres is above that, or a pooler stands before it.'
  )
}
