import type { Catalog, ServiceEntry } from './entries.ts'
import { type Html, html } from './html.ts'
import { type Relation, calledByAll, tellingRelations } from './relations.ts'

const NODE = { width: 124, height: 40, gap: 26 }
const DOORS_TOP = 12
const SERVICES_TOP = 190
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
  const width = services.length * (NODE.width + NODE.gap) + NODE.gap
  const height = SERVICES_TOP + NODE.height + arcHeight(services.length) + 8
  const spots = new Map([
    ...spread(services, { width, top: SERVICES_TOP }),
    ...spread(doors, { width, top: DOORS_TOP }),
  ])
  const arrows = tellingRelations(catalog).flatMap((one) => arrowOf(one, spots))
  return html`
    <figure class="graph">
      <svg
        viewBox="0 0 ${width} ${height}"
        role="group"
        aria-label="Who calls whom, and whose events reach whom"
      >
        ${markers()} ${arrows} ${catalog.services.map((one) => nodeOf(one, spots.get(one.name)))}
      </svg>
      <figcaption>
        <span class="key calls">calls</span> <span class="key events">events</span>
        ${leftOut(calledByAll(catalog))}
      </figcaption>
    </figure>
  `
}

const leftOut = (names: readonly string[]) =>
  names.length > 0 && html`Not drawn: ${names.join(', ')}, which every service calls.`

const arcHeight = (span: number): number => ARC.first + ARC.each * span

const spread = (
  list: readonly ServiceEntry[],
  { width, top }: { width: number; top: number },
): [string, Spot][] =>
  list.map(({ name }, at) => [name, { x: Math.round((width * (at + 0.5)) / list.length), top }])

const markers = (): Html =>
  html`<defs>
    ${['calls', 'events'].map(
      (kind) =>
        html`<marker
          id="tip-${kind}"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto"
          ><path class="tip ${kind}" d="M0 0 8 4 0 8z"
        /></marker>`,
    )}
  </defs>`

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

/** Between two of a row: calls above it, events below. The two ends stand a little apart. */
const arc = (from: Spot, to: Spot, kind: Relation['kind']): string => {
  const span = Math.abs(from.x - to.x) / (NODE.width + NODE.gap)
  const way = kind === 'calls' ? -1 : 1
  const y = kind === 'calls' ? from.top : from.top + NODE.height
  const aside = Math.sign(to.x - from.x) * 16
  const peak = y + way * arcHeight(span)
  const [x1, x2] = [from.x + aside, to.x - aside]
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
