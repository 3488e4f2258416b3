import { REFUSED_PROOFS, signedProcedures } from '../alerts/callers.ts'
import { type Panel, series } from '../grafana.ts'
import { type Labels, of, rate } from '../promql.ts'
import { allWatched } from '../watched.ts'
import { type PanelOf, WINDOW } from './calls.ts'

const verdicts: PanelOf = (labels) =>
  series({
    title: 'Tokens: verdicts',
    description: 'Access tokens checked a second, by verdict.',
    unit: 'ops',
    queries: [
      {
        expr: rate(of('mesh_token_verdicts_total', labels), WINDOW, 'verdict'),
        legend: '{{verdict}}',
      },
    ],
  })

const remembered: PanelOf = (labels) => {
  const known = rate(of('mesh_token_verdicts_remembered_total', labels), WINDOW)
  return series({
    title: 'Tokens: hit ratio',
    description: 'Of all tokens shown, those whose verdict was still known.',
    unit: 'percentunit',
    queries: [
      {
        expr: `${known} / (${known} + ${rate(of('mesh_token_verdicts_total', labels), WINDOW)})`,
        legend: 'remembered',
      },
    ],
  })
}

const endedSessions: PanelOf = (labels) =>
  series({
    title: 'Tokens: age of what is known of ended sessions',
    description: 'Since all sessions that ended early were last asked for.',
    unit: 's',
    badFrom: 180,
    queries: [
      {
        expr: `max by (service) (${of('mesh_revocations_age_seconds', labels)})`,
        legend: '{{service}}',
      },
    ],
  })

/** Who proves to be somebody, and how that was judged. */
export const tokenPanels = (labels: Labels = {}): Panel[] =>
  [verdicts, remembered, endedSessions].map((panel) => panel(labels))

const JUDGED = 'mesh_server_call_duration_seconds_count'

const signatureVerdicts = (): Panel => {
  const procedure = `~${allWatched.flatMap(signedProcedures).join('|')}`
  return series({
    title: 'Signatures: verdicts',
    description: 'Calls a second that prove something by a signature, by how they ended.',
    unit: 'ops',
    queries: [{ expr: rate(of(JUDGED, { procedure }), WINDOW, 'outcome'), legend: '{{outcome}}' }],
  })
}

const refusedProofs = (): Panel =>
  series({
    title: 'Signatures: refused by procedure',
    description: 'Signatures, keys and passwords that were not believed.',
    unit: 'ops',
    queries: [
      {
        expr: rate(
          of(JUDGED, { outcome: `~${REFUSED_PROOFS.join('|')}` }),
          WINDOW,
          'procedure, outcome',
        ),
        legend: '{{procedure}} {{outcome}}',
      },
    ],
  })

const logins = (): Panel =>
  series({
    title: 'Logins at the edge',
    description: 'Logins tried a second, by how they ended.',
    unit: 'ops',
    queries: [{ expr: rate('edge_logins_total', WINDOW, 'outcome'), legend: '{{outcome}}' }],
  })

/** Signatures, wherever they are judged. */
export const signaturePanels = (): Panel[] => [signatureVerdicts(), refusedProofs(), logins()]
