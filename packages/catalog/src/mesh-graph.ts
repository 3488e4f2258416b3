import type { Catalog, ServiceEntry } from './entries.ts'
import { arrowTips, graphKey } from './graph-parts.ts'
import { type Html, html } from './html.ts'
import { type Relation, calledByAll, tellingRelations } from './relations.ts'

const NODE = { width: 124, height: 40, gap: 26 }
const DOORS_TOP = 12
/** Between doors and services, at least. */
const AIR = 138
/** How much higher an arc stands for each service that it spans. */
const ARC = { first: 34, each: 20 }

interface Spot {
  /** The middle. */
  readonly x: number
  readonly top: number
}

/** The whole mesh in one picture: doors above, calls over the services, events under them. */
export const meshGraph = (catalog: Catalog): Html => {
  const doors = catalog.services.filter((one) => one.is_door)
  const services = catalog.services.filter((one) => !one.is_door)
  const relations = tellingRelations(catalog)
  const reach = (kind: Relation['kind']) => reachOf(relations, { services, kind })
  const width = services.length * (NODE.width + NODE.gap) + NODE.gap
  const top = DOORS_TOP + NODE.height + Math.max(AIR, reach('calls') + NODE.height)
  const height = top + NODE.height + reach('events') + 12
  const spots = new Map([
    ...spread(services, { width, top }),
    ...spread(doors, { width, top: DOORS_TOP }),
  ])
  const arrows = relations.flatMap((one) => arrowOf(one, spots))
  return html`
    <figure class="graph">
      <svg
        viewBox="0 0 ${width} ${height}"
        role="group"
        aria-label="Who calls whom, and whose events reach whom"
      >
        ${arrowTips()} ${arrows} ${catalog.services.map((one) => nodeOf(one, spots.get(one.name)))}
      </svg>
      ${graphKey(leftOut(calledByAll(catalog)))}
    </figure>
  `
}

const leftOut = (names: readonly string[]) =>
  names.length > 0 && html`Not drawn: ${names.join(', ')}, which every service calls.`

const arcHeight = (span: number): number => ARC.first + ARC.each * span

/** How far the arcs of a kind stand out: a curve comes to three quarters of what draws it. */
const reachOf = (
  relations: readonly Relation[],
  { services, kind }: { services: readonly ServiceEntry[]; kind: Relation['kind'] },
): number => {
  const place = (name: string) => services.findIndex((one) => one.name === name)
  const spans = relations
    .filter((one) => one.kind === kind && place(one.from) >= 0 && place(one.to) >= 0)
    .map(({ from, to }) => Math.abs(place(from) - place(to)))
  return Math.round(arcHeight(Math.max(0, ...spans)) * 0.75)
}

const spread = (
  list: readonly ServiceEntry[],
  { width, top }: { width: number; top: number },
): [string, Spot][] =>
  list.map(({ name }, at) => [name, { x: Math.round((width * (at + 0.5)) / list.length), top }])

const arrowOf = (relation: Relation, spots: ReadonlyMap<string, Spot>): Html[] => {
  const [from, to] = [spots.get(relation.from), spots.get(relation.to)]
  if (!from || !to) return []
  const { kind, names } = relation
  const says = `${relation.from} → ${relation.to}: ${names.join(', ')}`
  const line = from.top === to.top ? arc(from, to, kind) : fall(from, to, kind)
  const far = from.top === to.top ? '' : 'far'
  return [
    html`<path class="arrow ${kind} ${far}" d="${line}" marker-end="url(#tip-${kind})"
      ><title>${says}</title></path
    >`,
  ]
}

/** Between two of a row: calls above it, events below. There and back again are two lines. */
const arc = (from: Spot, to: Spot, kind: Relation['kind']): string => {
  const span = Math.abs(from.x - to.x) / (NODE.width + NODE.gap)
  const way = kind === 'calls' ? -1 : 1
  const y = kind === 'calls' ? from.top : from.top + NODE.height
  const side = Math.sign(to.x - from.x)
  const peak = y + way * (arcHeight(span) - side * 4)
  const [x1, x2] = [from.x + side * 30, to.x - side * 14]
  return `M${x1} ${y}C${x1} ${peak} ${x2} ${peak} ${x2} ${y + way * 2}`
}

/** Between a door and a service. */
const fall = (from: Spot, to: Spot, kind: Relation['kind']): string => {
  const down = from.top < to.top
  const aside = kind === 'calls' ? -8 : 8
  const y1 = down ? from.top + NODE.height : from.top
  const y2 = down ? to.top - 2 : to.top + NODE.height + 2
  const middle = (y1 + y2) / 2
  const [x1, x2] = [from.x + aside, to.x + aside]
  return `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`
}

const nodeOf = (
  { name, path, is_door: isDoor }: ServiceEntry,
  spot: Spot | undefined,
): Html | false =>
  spot !== undefined &&
  html`<a href="${path}" class="node ${isDoor ? 'door' : 'service'}">
    <rect
      x="${spot.x - NODE.width / 2}"
      y="${spot.top}"
      width="${NODE.width}"
      height="${NODE.height}"
      rx="8"
    />
    <text x="${spot.x}" y="${spot.top + NODE.height / 2}">${name}</text>
  </a>`
