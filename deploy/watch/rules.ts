import type { Alert } from './alert.ts'
import { WINDOWS, burnRateAlerts, ratioOf } from './alerts/burn-rate.ts'
import { signatureAlerts, tokenAlerts } from './alerts/callers.ts'
import { edgeAlerts } from './alerts/edge.ts'
import { consumerAlerts, deadStreamAlerts, outboxAlerts, streamAlerts } from './alerts/events.ts'
import { meshAlerts } from './alerts/mesh.ts'
import { callAlerts, processAlerts } from './alerts/process.ts'
import { databaseAlerts, ledgerAlerts, redisAlerts } from './alerts/stores.ts'
import { type Objective, objectivesOf } from './objectives.ts'
import { PLATFORM_TEAM, type Watched, allWatched } from './watched.ts'
import { type Yaml, yamlDocument } from './yaml.ts'

/** Where runbooks are shown; who serves them elsewhere puts that in its place. */
export const RUNBOOKS_URL = 'https://runbooks.meshboard.example'

/** The page of an alert in `docs/runbooks`: `consumer-lag.md` of `ConsumerLag`. */
export const runbookOf = ({ name }: Pick<Alert, 'name'>): string =>
  `${name.replaceAll(/\B[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.md`

/** The alerts of one file, and whom they go to. */
export interface RuleFile {
  /** A service, or `mesh` for what belongs to none. */
  readonly name: string
  readonly owner: string
  readonly alerts: readonly Alert[]
  readonly objectives: readonly Objective[]
}

const KINDS: readonly ((service: Watched) => readonly Alert[])[] = [
  processAlerts,
  callAlerts,
  tokenAlerts,
  signatureAlerts,
  consumerAlerts,
  outboxAlerts,
  streamAlerts,
  databaseAlerts,
  redisAlerts,
  ledgerAlerts,
  edgeAlerts,
]

const rulesOf = (service: Watched): RuleFile => {
  const objectives = objectivesOf(service)
  return {
    name: service.name,
    owner: service.owner,
    objectives,
    alerts: [...objectives.flatMap(burnRateAlerts), ...KINDS.flatMap((kind) => kind(service))],
  }
}

/** A file for each service, and one for what all of them share. */
export const ruleFiles: readonly RuleFile[] = [
  ...allWatched.map(rulesOf),
  {
    name: 'mesh',
    owner: PLATFORM_TEAM,
    objectives: [],
    alerts: [...meshAlerts, ...deadStreamAlerts()],
  },
]

/** The file as Prometheus takes it. */
export const rulesYaml = ({ name, owner, objectives, alerts }: RuleFile): string =>
  yamlDocument('Generated from the contracts; "npm run generate" writes it.', {
    groups: [
      ...objectives.map((objective) => ({
        name: `${name} ${objective.alert}`,
        rules: WINDOWS.map((window): Yaml => recording(objective, window)),
      })),
      { name, rules: alerts.map((alert) => alerting(alert, { service: name, owner })) },
    ],
  })

const recording = (objective: Objective, window: (typeof WINDOWS)[number]): Yaml => ({
  record: ratioOf(objective, window).replace(/\{.*/, ''),
  expr: `${objective.bad(window)}\n/ ${objective.all(window)}`,
  labels: { service: objective.service },
})

const alerting = (alert: Alert, labels: { service: string; owner: string }): Yaml => ({
  alert: alert.name,
  expr: alert.expr,
  ...(alert.forMinutes > 0 && { for: `${alert.forMinutes}m` }),
  labels: { ...labels, severity: alert.severity },
  annotations: { summary: alert.summary, runbook_url: `${RUNBOOKS_URL}/${runbookOf(alert)}` },
})
