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

  test('has alerts and dashboards as they are, braces and all, and is whole without any', async () => {
    await using copy = await copyOfChart()
    for (const folder of ['rules', 'dashboards'])
      await rm(join(copy.folder, 'files', folder), { recursive: true, force: true })
    const options = { files: ['platform.yaml'], chart: copy.folder }
    expect(await renderText(options)).not.toContain('PrometheusRule')
    await copy.write('files/rules/lag.yaml', 'groups:\n  - name: "{{ $labels.service }}"\n')
    await copy.write('files/dashboards/calls.json', '{ "title": "{{service}}" }\n')
    const text = await renderText(options)
    expect(text).toContain('spec:\n  groups:\n    - name: "{{ $labels.service }}"')
    expect(text).toContain('calls.json: |\n    { "title": "{{service}}" }')
    expect(text).toMatch(/name: meshboard-dashboard-calls[\s\S]*grafana_dashboard: "1"/)
  })
})
