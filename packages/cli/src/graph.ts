import { durableName, serviceOf } from '@meshboard/contracts'
import type { Service } from '@meshboard/kit'

/** Who meets whom, and in what: `from` calls `to`, or `to` hears of what `from` raised. */
export interface Edge {
  readonly kind: 'calls' | 'events' | 'channel'
  readonly from: string
  readonly to: string
  /** The procedure, the event or the channel. */
  readonly name: string
  /** The durable that is given the events. */
  readonly durable?: string
}

/** The mesh as its contracts, uses and consumers have it. */
export interface Graph {
  readonly services: readonly { name: string; owner: string | undefined }[]
  readonly edges: readonly Edge[]
}

/** Draws the mesh from what its services say they use. */
export const graphOf = (services: readonly Service[]): Graph => ({
  services: services.map(({ name, contract }) => ({ name, owner: contract?.owner })),
  edges: services.flatMap(edgesOf),
})

const edgesOf = ({ name, uses, consumers }: Service): Edge[] => [
  ...[...new Set(uses.calls.map((procedure) => procedure.name))].map((called) => ({
    kind: 'calls' as const,
    from: name,
    to: serviceOf(called),
    name: called,
  })),
  ...consumers.map((consumer) => ({
    kind: 'events' as const,
    from: serviceOf(consumer.event.name),
    to: name,
    name: consumer.event.name,
    durable: durableName(name, consumer.name),
  })),
  ...(uses.channels ?? []).map((placed) => ({
    kind: 'channel' as const,
    from: placed.service,
    to: name,
    name: placed.name,
  })),
]

/** Edges between the same two of one kind as one, with all their names. */
const bundled = ({ edges }: Graph): { edge: Edge; names: string[] }[] =>
  [...Map.groupBy(edges, ({ kind, from, to }) => `${kind} ${from} ${to}`).values()].flatMap(
    ([edge, ...others]) =>
      edge ? [{ edge, names: [...new Set([edge, ...others].map(({ name }) => name))] }] : [],
  )

/** For a person: each service with whom it calls and of whom it hears. */
export const asText = (graph: Graph): string[] =>
  graph.services.flatMap(({ name, owner }) => {
    const calls = graph.edges.filter((edge) => edge.kind === 'calls' && edge.from === name)
    const hears = graph.edges.filter((edge) => edge.kind !== 'calls' && edge.to === name)
    return [
      owner === undefined ? name : `${name} (${owner})`,
      ...calls.map((edge) => `  calls ${edge.name}`),
      ...hears.map(({ kind, from, name: what, durable }) =>
        kind === 'channel' ? `  shows ${from}'s channel ${what}` : `  hears ${what} as ${durable}`,
      ),
    ]
  })

const LABEL_NAMES_MAX = 3

const label = (names: readonly string[]): string =>
  names.length <= LABEL_NAMES_MAX ? names.join(', ') : `${names.length} procedures`

const labelOf = ({ edge, names }: { edge: Edge; names: readonly string[] }): string =>
  edge.kind === 'calls' ? label(names) : names.join(', ')

/** A Mermaid flowchart: full arrows are calls, dotted ones events. */
export const asMermaid = (graph: Graph): string[] => [
  'flowchart LR',
  ...graph.services.map(({ name }) => `  ${name}`),
  ...bundled(graph).map((bundle) => {
    const { from, to, kind } = bundle.edge
    return `  ${from} ${kind === 'calls' ? '-->' : '-.->'}|"${labelOf(bundle)}"| ${to}`
  }),
]

/** A graph for Graphviz: full arrows are calls, dashed ones events. */
export const asDot = (graph: Graph): string[] => [
  'digraph mesh {',
  '  rankdir=LR',
  ...graph.services.map(({ name }) => `  "${name}"`),
  ...bundled(graph).map((bundle) => {
    const { from, to, kind } = bundle.edge
    const style = kind === 'calls' ? '' : ', style=dashed'
    return `  "${from}" -> "${to}" [label="${labelOf(bundle)}"${style}]`
  }),
  '}',
]
