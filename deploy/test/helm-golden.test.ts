// Goal: what the chart would install is what was looked at, for each way to run the mesh.
// Method: helm over the values files of ci/, compared with golden files. What other parts generate
// (broker users, alerts, dashboards) is taken out, so that these files change with the chart alone.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { copyOfChart, helm, lint, renderText } from './helm-chart.ts'
import { chart, valuesFiles } from './helm-objects.ts'

const files = await valuesFiles()

test('the chart is of the version of the repository', async () => {
  const version = async (path: string) => {
    const text = await readFile(join(chart, path), 'utf8')
    return parse(text) as { version: string; appVersion?: string }
  }
  const { version: ours } = await version('../../../package.json')
  expect((await version('Chart.yaml')).appVersion).toBe(ours)
})

describe.skipIf(helm === undefined)('the chart', () => {
  test('is tried with six sets of values and more', () => {
    expect(files.length).toBeGreaterThanOrEqual(6)
  })

  test.each(files)('with %s renders what its golden file has', async (file) => {
    await using copy = await copyOfChart()
    for (const folder of ['rules', 'dashboards'])
      await rm(join(copy.folder, 'files', folder), { recursive: true, force: true })
    await copy.write('files/permissions.conf', '# users\n')
    const text = await renderText({ files: [file], chart: copy.folder })
    await expect(text).toMatchFileSnapshot(`golden/helm-${file}`)
  })

  // Each costs as much as rendering it.
  const linted = process.env['MESH_TEST_FULL'] === '1' ? files : files.slice(0, 1)

  test.each(linted)('with %s has nothing that lint objects to', async (file) => {
    expect(await lint({ files: [file] })).toContain('0 chart(s) failed')
  })

  test('has alerts and dashboards as they are, those of a service in its release, and is whole without any', async () => {
    await using copy = await copyOfChart()
    for (const folder of ['rules', 'dashboards'])
      await rm(join(copy.folder, 'files', folder), { recursive: true, force: true })
    const watched = { 'monitoring.rules.enabled': true, 'monitoring.dashboards.enabled': true }
    const rendered = (only: string, more = {}) =>
      renderText({
        files: ['external.yaml'],
        chart: copy.folder,
        values: { only: [only], ...watched, ...more },
      })
    expect(await rendered('platform')).not.toContain('PrometheusRule')
    const runbook = 'runbook_url: https://runbooks.meshboard.example/lag.md'
    const rules = (name: string) =>
      `groups:\n  - name: "${name} {{ $labels.service }}"\n    ${runbook}\n`
    for (const name of ['mesh', 'earnings'])
      await copy.write(`files/rules/${name}.yaml`, rules(name))
    for (const name of ['calls', 'service-earnings'])
      await copy.write(`files/dashboards/${name}.json`, `{ "title": "${name} {{service}}" }\n`)

    const ofPlatform = await rendered('platform')
    expect(ofPlatform).toContain('spec:\n  groups:\n    - name: "mesh {{ $labels.service }}"')
    expect(ofPlatform).toContain('calls.json: |\n    { "title": "calls {{service}}" }')
    expect(ofPlatform).not.toContain('earnings {{')
    const address = { 'monitoring.rules.runbooksUrl': 'https://example.org/runbooks' }
    const ofEarnings = await rendered('earnings', address)
    expect(ofEarnings).toContain('- name: "earnings {{ $labels.service }}"')
    expect(ofEarnings).toContain('runbook_url: https://example.org/runbooks/lag.md')
    expect(ofEarnings).toMatch(/name: meshboard-dashboard-service-earnings[\s\S]*grafana_dashboard/)
    expect(ofEarnings).not.toContain('calls {{')
  })
})
