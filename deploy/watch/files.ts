import type { GeneratedFile } from '../generator.ts'
import { alertmanagerYaml } from './alertmanager.ts'
import { dashboards } from './dashboards.ts'
import { grafanaJson } from './grafana.ts'
import { ruleFiles, rulesYaml } from './rules.ts'

const files = 'deploy/helm/meshboard/files'

/** Dashboards, alerts and their routing, as the chart and compose take them. */
export const watchFiles: readonly GeneratedFile[] = [
  ...dashboards.map((dashboard) => ({
    path: `${files}/dashboards/${dashboard.name}.json`,
    content: () => `${JSON.stringify(grafanaJson(dashboard), null, 2)}\n`,
  })),
  ...ruleFiles.map((rules) => ({
    path: `${files}/rules/${rules.name}.yaml`,
    content: () => rulesYaml(rules),
  })),
  { path: 'deploy/watch/alertmanager.yaml', content: alertmanagerYaml },
]
