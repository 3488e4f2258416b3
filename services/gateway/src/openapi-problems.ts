import { ANY_CALL } from '@meshboard/contracts'
import type { ContractRoute } from './contract-routes.ts'
import { failureCatalogue } from './failure-catalogue.ts'

/** The schema of a problem document. */
export const PROBLEM = {
  type: 'object',
  description: 'A failure, as RFC 9457 has it.',
  required: ['type', 'title', 'status', 'detail', 'code', 'retry', 'trace_id'],
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'Where the code is explained.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'Stable; never changes its meaning.' },
    retry: { enum: ['never', 'now', 'later', 'after_auth'] },
    retry_after_ms: { type: 'integer', minimum: 0 },
    retry_after: { type: 'integer', minimum: 1, description: 'Seconds, with code rate_limited.' },
    fields: {
      type: 'object',
      description: 'Sentences by field, with code invalid.',
      additionalProperties: { type: 'array', items: { type: 'string' } },
    },
    details: { type: 'object' },
    trace_id: { type: 'string', pattern: '^[0-9a-f]{32}$' },
  },
}

const OF_CALLERS: readonly string[] = ['unauthorized', 'session_expired', 'forbidden']
const OF_BODIES: readonly string[] = ['message_parse_error', 'too_large', 'unsupported_media_type']

/** The refusals a route can answer with, by status. */
export const problemResponses = (route: ContractRoute): Record<number, object> => {
  const byStatus: Record<number, string[]> = {}
  for (const code of codesOf(route)) {
    const spec = failureCatalogue[code]
    if (spec) (byStatus[spec.status] ??= []).push(code)
  }
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, codes]) => [status, responseOf(Number(status), codes)]),
  )
}

const codesOf = ({ procedure, hasBody }: ContractRoute): string[] => {
  const any: string[] = [...ANY_CALL, ...OF_BODIES, ...Object.keys(procedure.failures)]
  return [...new Set(any)].filter(
    (code) =>
      (hasBody || !OF_BODIES.includes(code)) &&
      (procedure.access !== 'public' || !OF_CALLERS.includes(code)),
  )
}

const responseOf = (status: number, codes: readonly string[]) => ({
  description: codes.map((code) => `\`${code}\`: ${failureCatalogue[code]?.message}`).join(' '),
  ...headersOf(status),
  content: {
    'application/problem+json': {
      schema: {
        allOf: [
          { $ref: '#/components/schemas/Problem' },
          { type: 'object', properties: { code: { enum: codes } } },
        ],
      },
    },
  },
})

const headersOf = (status: number) => {
  if (status === 401) return { headers: { 'WWW-Authenticate': { schema: { type: 'string' } } } }
  if (status !== 429 && status !== 503) return {}
  const seconds = { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } }
  return { headers: { 'Retry-After': seconds } }
}
