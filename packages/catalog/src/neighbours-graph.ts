import type { Catalog, ServiceEntry } from './entries.ts'
import { arrowTips, graphKey } from './graph-parts.ts'
import { type Html, html } from './html.ts'
import { type Relation, tellingRelations } from './relations.ts'

const BOX = { width: 230, head: 26, line: 17, gap: 14 }
const COLUMNS = { left: 0, middle: 330, right: 660 }
const WIDTH = COLUMNS.right + BOX.width
const LINES_MAX = 5

interface Box {
  readonly relation: Relation
  /** Who is at the other end. */
  readonly other: string
  readonly lines: readonly string[]
  readonly x: number
  readonly y: number
}

/** A service and those around it: on the left who calls it and whose events it takes, on the right the other way. */
export const neighboursGraph = (service: ServiceEntry, catalog: Catalog): Html | false => {
  const all = tellingRelations(catalog)
  const left = boxes(
    all.filter(({ to }) => to === service.name),
    COLUMNS.left,
  )
  const right = boxes(
    all.filter(({ from }) => from === service.name),
    COLUMNS.right,
  )
  if (left.length + right.length === 0) return false
  const height = Math.max(...[left, right].map(heightOf), BOX.head + 16)
  const middle = height / 2
  return html`
    <figure class="graph near">
      <svg
        viewBox="-1 0 ${WIDTH + 2} ${height + 4}"
        role="group"
        aria-label="${service.name} and the services around it"
      >
        ${arrowTips()}
        ${left.map((box) => wire(box, { x1: box.x + BOX.width, y1: centre(box), x2: COLUMNS.middle - 2, y2: middle }))}
        ${right.map((box) => wire(box, { x1: COLUMNS.middle + BOX.width, y1: middle, x2: box.x - 2, y2: centre(box) }))}
        ${[...left, ...right].map((box) => boxView(box, catalog))} ${selfView(service.name, middle)}
      </svg>
      ${graphKey()}
    </figure>
  `
}

const selfView = (name: string, middle: number): Html => html`
  <g class="node self">
    <rect x="${COLUMNS.middle}" y="${middle - 22}" width="${BOX.width}" height="44" rx="8" />
    <text x="${COLUMNS.middle + BOX.width / 2}" y="${middle}">${name}</text>
  </g>
`

const boxes = (relations: readonly Relation[], x: number): Box[] => {
  let y = 2
  return relations.map((relation) => {
    const box = {
      relation,
      other: x === COLUMNS.left ? relation.from : relation.to,
      lines: linesOf(relation),
      x,
      y,
    }
    y += boxHeight(box) + BOX.gap
    return box
  })
}

const linesOf = ({ names }: Relation): string[] =>
  names.length <= LINES_MAX
    ? [...names]
    : [...names.slice(0, LINES_MAX - 1), `and ${names.length - LINES_MAX + 1} more`]

const boxHeight = ({ lines }: Pick<Box, 'lines'>): number => BOX.head + lines.length * BOX.line + 6
const centre = (box: Box): number => box.y + boxHeight(box) / 2
const heightOf = (column: readonly Box[]): number => {
  const last = column.at(-1)
  return last === undefined ? 0 : last.y + boxHeight(last)
}

interface Line {
  x1: number
  y1: number
  x2: number
  y2: number
}

const wire = ({ relation: { kind } }: Box, { x1, y1, x2, y2 }: Line): Html => {
  const half = (x1 + x2) / 2
  return html`<path
    class="arrow ${kind}"
    d="M${x1} ${y1}C${half} ${y1} ${half} ${y2} ${x2} ${y2}"
    marker-end="url(#tip-${kind})"
  />`
}

const boxView = (box: Box, { services }: Catalog): Html => {
  const { x, y, other, lines, relation } = box
  const path = services.find(({ name }) => name === other)?.path
  return html`<a href="${path}" class="node near ${relation.kind}">
    <rect x="${x}" y="${y}" width="${BOX.width}" height="${boxHeight(box)}" rx="8" />
    <text class="name" x="${x + 12}" y="${y + 19}">${other}</text>
    ${lines.map((line, at) => html`<text class="line" x="${x + 12}" y="${y + BOX.head + 13 + at * BOX.line}">${line}</text>`)}
  </a>`
}
