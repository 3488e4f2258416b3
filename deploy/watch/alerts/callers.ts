import type { Alert } from '../alert.ts'
import { of, rate } from '../promql.ts'
import type { Watched } from '../watched.ts'

/** Outcomes of who proves to be somebody, and is not believed. */
export const REFUSED_PROOFS = [
  'invalid_signature',
  'unknown_key',
  'auth_failed',
  'invalid_credentials',
] as const

/** Procedures whose caller proves something by a signature. */
export const signedProcedures = ({ procedures }: Watched): string[] =>
  procedures.filter(({ failures }) => 'invalid_signature' in failures).map(({ name }) => name)

/** Of who is handed tokens: those that ended early must be known soon. */
export const tokenAlerts = ({ name: service }: Watched): Alert[] => [
  {
    name: 'RevocationsOld',
    severity: 'page',
    forMinutes: 2,
    expr: `max(${of('mesh_revocations_age_seconds', { service })}) > 180`,
    summary: `${service} has not asked for ended sessions for {{ $value | humanizeDuration }}.`,
  },
  spike('TokenRefusals', {
    bad: of('mesh_token_verdicts_total', { service, verdict: 'unauthorized' }),
    all: of('mesh_token_verdicts_total', { service }),
    what: `tokens shown to ${service}`,
  }),
]

/** Of who judges signatures: strangers that try, or a clock, or a client that is broken. */
export const signatureAlerts = (service: Watched): Alert[] => {
  const signed = signedProcedures(service)
  if (service.name === 'edge')
    return [
      spike('SignatureRefusals', {
        bad: of('edge_logins_total', { outcome: 'refused' }),
        all: of('edge_logins_total'),
        what: 'logins at the edge',
      }),
    ]
  if (signed.length === 0) return []
  const labels = { service: service.name, procedure: `~${signed.join('|')}` }
  return [
    spike('SignatureRefusals', {
      bad: of('mesh_server_call_duration_seconds_count', {
        ...labels,
        outcome: `~${REFUSED_PROOFS.join('|')}`,
      }),
      all: of('mesh_server_call_duration_seconds_count', labels),
      what: `signatures shown to ${service.name}`,
    }),
  ]
}

interface Refusals {
  readonly bad: string
  readonly all: string
  readonly what: string
}

/** Many, and a large share of all: a few mistakes are usual. */
const spike = (name: string, { bad, all, what }: Refusals): Alert => ({
  name,
  severity: 'ticket',
  forMinutes: 5,
  expr: [`${rate(bad, '10m')} > 0.5`, `and ${rate(bad, '10m')} > 0.3 * ${rate(all, '10m')}`].join(
    '\n',
  ),
  summary: `{{ $value | humanize }} ${what} a second are refused, more than 3 of 10.`,
})
