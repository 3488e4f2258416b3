/** How a figure is written: Grafana's own names. */
export type Unit = 'reqps' | 'ops' | 's' | 'percentunit' | 'bytes' | 'Bps' | 'short' | 'none'

/** What is asked of Prometheus, and how its series are called. */
export interface Query {
  readonly expr: string
  /** `{{consumer}}` is the value of that label. */
  readonly legend: string
}

/** One figure or drawing. */
export interface Panel {
  readonly kind: 'timeseries' | 'stat'
  readonly title: string
  /** What to see in it, for who does not look at it every day. */
  readonly description: string
  readonly unit: Unit
  readonly queries: readonly Query[]
  /** From there on it is shown in red. */
  readonly badFrom?: number
}

/** Panels under one heading, three in a line, figures six. */
export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

/** A page of Grafana. */
export interface Dashboard {
  /** Its file, and the end of its address: it stays. */
  readonly name: string
  readonly title: string
  readonly description: string
  readonly rows: readonly Row[]
}

/** A drawing over time. */
export const series = (spec: Omit<Panel, 'kind'>): Panel => ({ kind: 'timeseries', ...spec })

/** The figure as it is now. */
export const figure = (spec: Omit<Panel, 'kind' | 'queries'> & { expr: string }): Panel => {
  const { expr, ...rest } = spec
  return { kind: 'stat', ...rest, queries: [{ expr, legend: '' }] }
}

const SOURCE = { type: 'prometheus', uid: '${datasource}' }
const WIDTH = 24
const SIZES = { timeseries: { w: 8, h: 8 }, stat: { w: 4, h: 4 } } as const

/** The dashboard as Grafana takes it, by its file provider or its API. */
export const grafanaJson = ({ name, title, description, rows }: Dashboard): object => ({
  uid: `meshboard-${name}`,
  title: `Meshboard: ${title}`,
  description,
  tags: ['meshboard'],
  schemaVersion: 39,
  editable: false,
  graphTooltip: 1,
  refresh: '30s',
  time: { from: 'now-1h', to: 'now' },
  timezone: 'utc',
  links: [
    {
      type: 'dashboards',
      tags: ['meshboard'],
      title: 'Meshboard',
      asDropdown: true,
      keepTime: true,
    },
  ],
  templating: {
    list: [{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' }],
  },
  panels: placed(rows),
})

const placed = (rows: readonly Row[]): object[] => {
  const panels: object[] = []
  let y = 0
  for (const row of rows) {
    const gridPos = { x: 0, y, w: WIDTH, h: 1 }
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos,
      panels: [],
    })
    y += 1
    let [x, height] = [0, 0]
    for (const panel of row.panels) {
      const { w, h } = SIZES[panel.kind]
      if (x + w > WIDTH) [x, y, height] = [0, y + height, 0]
      panels.push({ id: panels.length + 1, ...panelJson(panel), gridPos: { x, y, w, h } })
      x += w
      height = Math.max(height, h)
    }
    y += height
  }
  return panels
}

const panelJson = (panel: Panel): object => ({
  type: panel.kind,
  title: panel.title,
  description: panel.description,
  datasource: SOURCE,
  fieldConfig: {
    defaults: { unit: panel.unit, min: 0, thresholds: thresholds(panel.badFrom) },
    overrides: [],
  },
  options: OPTIONS[panel.kind],
  targets: panel.queries.map(({ expr, legend }, at) => ({
    refId: String.fromCodePoint(65 + at),
    datasource: SOURCE,
    expr,
    legendFormat: legend,
    exemplar: panel.kind === 'timeseries' && expr.includes('_duration_seconds_bucket'),
  })),
})

const OPTIONS = {
  timeseries: {
    legend: { displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
  stat: { colorMode: 'value', graphMode: 'area', reduceOptions: { calcs: ['lastNotNull'] } },
}

const thresholds = (badFrom: number | undefined): object => ({
  mode: 'absolute',
  steps: [
    { color: 'green', value: null },
    ...(badFrom === undefined ? [] : [{ color: 'red', value: badFrom }]),
  ],
})
