import { REFUSED_PROOFS, signedProcedures } from '../alerts/callers.ts'
import { type Panel, series } from '../grafana.ts'
import { type Labels, of, rate } from '../promql.ts'
import { allWatched } from '../watched.ts'
import { WINDOW } from './calls.ts'

const remembered = 'mesh_token_verdicts_remembered_total'

/** Who proves to be somebody, and how that was judged. */
export const tokenPanels = (labels: Labels = {}): Panel[] => {
  const known = rate(of(remembered, labels), WINDOW)
  return [
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
    }),
    series({
      title: 'Tokens: hit ratio',
      description: 'Of all tokens shown, those whose verdict was still known.',
      unit: 'percentunit',
      queries: [
        {
          expr: `${known} / (${known} + ${rate(of('mesh_token_verdicts_total', labels), WINDOW)})`,
          legend: 'remembered',
        },
      ],
    }),
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
    }),
  ]
}

/** Signatures, wherever they are judged. */
export const signaturePanels = (): Panel[] => {
  const procedure = `~${allWatched.flatMap(signedProcedures).join('|')}`
  const judged = 'mesh_server_call_duration_seconds_count'
  return [
    series({
      title: 'Signatures: verdicts',
      description: 'Calls a second that prove something by a signature, by how they ended.',
      unit: 'ops',
      queries: [
        { expr: rate(of(judged, { procedure }), WINDOW, 'outcome'), legend: '{{outcome}}' },
      ],
    }),
    series({
      title: 'Signatures: refused by procedure',
      description: 'Signatures, keys and passwords that were not believed.',
      unit: 'ops',
      queries: [
        {
          expr: rate(
            of(judged, { outcome: `~${REFUSED_PROOFS.join('|')}` }),
            WINDOW,
            'procedure, outcome',
          ),
          legend: '{{procedure}} {{outcome}}',
        },
      ],
    }),
    series({
      title: 'Logins at the edge',
      description: 'Logins tried a second, by how they ended.',
      unit: 'ops',
      queries: [{ expr: rate('edge_logins_total', WINDOW, 'outcome'), legend: '{{outcome}}' }],
    }),
  ]
}
