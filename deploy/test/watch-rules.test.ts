// Goal: each alert fires on its symptom, none on a mesh that is well, and every expression can be evaluated.
// Method: promtool with the rules as they are committed, series that are made up, and all queries of the dashboards.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { outsideTool } from '@meshboard/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dashboards } from '../watch/dashboards.ts'
import { ruleFiles } from '../watch/rules.ts'
import { healthySeries } from './watch-series.ts'
import { type Symptom, symptoms } from './watch-symptoms.ts'

const promtool = outsideTool('promtool')
/** A slow burn takes hours of series: the full run looks at those too. */
const MINUTES_MAX = process.env['MESH_TEST_FULL'] === '1' ? 200 : 30
const run = promisify(execFile)
const RULES = fileURLToPath(new URL('../helm/meshboard/files/rules/', import.meta.url))
const rulesOf = (name: string) => `${RULES}${name}.yaml`

let folder: string
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'meshboard-rules-'))))
afterAll(() => rm(folder, { recursive: true }))

/** What promtool says; fails with it when it finds a fault. */
const ask = async (...args: string[]): Promise<string> => {
  try {
    const { stdout, stderr } = await run(promtool ?? '', args, { maxBuffer: 1 << 24 })
    return stdout + stderr
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(stdout + stderr, { cause: error })
  }
}

const written = async (name: string, document: object): Promise<string> => {
  const path = join(folder, name)
  // JSON is YAML.
  await writeFile(path, JSON.stringify(document))
  return path
}

interface Expected {
  readonly series: Readonly<Record<string, string>>
  readonly minutes: number
  readonly expr: string
  readonly samples: readonly { labels: string; value: number }[]
}

const testOf = ({ series, minutes, expr, samples }: Expected) => ({
  interval: '1m',
  input_series: Object.entries(series)
    .filter(([, values]) => values !== '')
    .map(([name, values]) => ({ series: name, values })),
  promql_expr_test: [{ expr, eval_time: `${minutes}m`, exp_samples: samples }],
})

/** Those that the rules of a file look at: its service's, and those that say of no service whose they are. */
const healthyFor = (file: string): Expected['series'] => {
  const own = new RegExp(`service="${file}"|procedure="${file}[.]`)
  const isSeen = (name: string) => file === 'mesh' || own.test(name) || !name.includes('service="')
  return Object.fromEntries(Object.entries(healthySeries).filter(([name]) => isSeen(name)))
}

const firing = ({ file, alert, severity, series, minutes }: Symptom): Expected => {
  const labels = `alertname="${alert}",severity="${severity}",alertstate="firing"`
  const fired = { labels: '{}', value: 1 }
  return {
    series: { ...healthyFor(file), ...series },
    minutes,
    expr: `sum(ALERTS{${labels}}) > bool 0`,
    samples: [fired],
  }
}

const asks = (file: string, tests: readonly Expected[]) =>
  written(`${file}-${tests.length}.json`, {
    rule_files: [rulesOf(file)],
    evaluation_interval: '1m',
    tests: tests.map(testOf),
  })

describe.skipIf(promtool === undefined)('the rules', () => {
  test('can be read by Prometheus', async () => {
    const said = await ask('check', 'rules', ...ruleFiles.map(({ name }) => rulesOf(name)))
    expect(said.match(/SUCCESS: \d+ rules found/g)).toHaveLength(ruleFiles.length)
  })

  test('are silent while the mesh is well', { timeout: 120_000 }, async () => {
    const quiet = (file: string): Expected => ({
      series: healthyFor(file),
      minutes: MINUTES_MAX,
      // Whatever has been pending or firing at any time.
      expr: `sum by (alertname) (count_over_time(ALERTS[${MINUTES_MAX}m]))`,
      samples: [],
    })
    const files = await Promise.all(ruleFiles.map(({ name }) => asks(name, [quiet(name)])))
    expect(await ask('test', 'rules', ...files)).toContain('SUCCESS')
  })

  test('fire each on its symptom', { timeout: 120_000 }, async () => {
    const shown = symptoms.filter(({ minutes }) => minutes <= MINUTES_MAX)
    const files = Object.entries(Object.groupBy(shown, ({ file }) => file))
    const paths = files.map(([file, some = []]) => asks(file, some.map(firing)))
    expect(await ask('test', 'rules', ...(await Promise.all(paths)))).toContain('SUCCESS')
  })

  test('would be found not to fire', async () => {
    const [symptom] = symptoms
    const path = await asks('earnings', symptom ? [firing({ ...symptom, series: {} })] : [])
    await expect(ask('test', 'rules', path)).rejects.toThrow('FAILED')
  })

  test('of a dashboard can be evaluated', async () => {
    const queries = dashboards.flatMap(({ rows }) =>
      rows.flatMap(({ panels }) => panels.flatMap((panel) => panel.queries)),
    )
    const rules = queries.map(({ expr }, at) => ({
      record: `query_${at}`,
      expr: expr.replaceAll('$__rate_interval', '5m'),
    }))
    const path = await written('queries.json', { groups: [{ name: 'queries', rules }] })
    expect(await ask('check', 'rules', path)).toContain(`SUCCESS: ${queries.length} rules found`)
  })
})

const amtool = outsideTool('amtool')

describe.skipIf(amtool === undefined)('the example of Alertmanager', () => {
  const config = fileURLToPath(new URL('../watch/alertmanager.yaml', import.meta.url))
  const routed = async (...labels: string[]) => {
    const args = ['config', 'routes', 'test', `--config.file=${config}`, ...labels]
    return (await run(amtool ?? '', args)).stdout.trim()
  }

  test("sends each owner's pages and tickets to where they belong", async () => {
    await run(amtool ?? '', ['check-config', config])
    for (const { owner } of ruleFiles)
      for (const severity of ['page', 'ticket'])
        expect(await routed(`owner=${owner}`, `severity=${severity}`)).toBe(`${owner}-${severity}`)
    expect(await routed('owner=nobody', 'severity=page')).toBe('team-platform-ticket')
  })
})

test('every alert has a symptom, each severity of it', () => {
  const named = (one: { alert: string; severity: string }) => `${one.alert} ${one.severity}`
  const all = ruleFiles.flatMap(({ alerts }) =>
    alerts.map(({ name, severity }) => named({ alert: name, severity })),
  )
  const shown = new Set(symptoms.map(named))
  expect([...new Set(all)].filter((one) => !shown.has(one))).toEqual([])
})
