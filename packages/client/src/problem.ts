import { Failure, type FailureEnvelope, FAILURES, type Retry } from '@meshboard/contracts/client'

/**
 * The failure behind an HTTP answer that is not a success: from its problem document (RFC 9457)
 * where there is one, else from its status. Never throws.
 */
export const problemFailure = async (response: Response): Promise<Failure> => {
  const body: unknown = await response.json().catch(() => undefined)
  const fields: Record<string, unknown> = isObject(body) ? body : {}
  const code = text(fields['code']) ?? codeOfStatus(response.status)
  const common = (FAILURES as Record<string, { retry: Retry; message: string }>)[code]
  const retryAfterMs = number(fields['retry_after_ms']) ?? retryAfterHeaderMs(response)
  const envelope: FailureEnvelope = {
    code,
    message:
      text(fields['message']) ??
      text(fields['detail']) ??
      common?.message ??
      text(fields['title']) ??
      `HTTP ${response.status}`,
    retry: retry(fields['retry']) ?? common?.retry ?? 'never',
    trace_id: text(fields['trace_id']) ?? '',
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
    ...(isObject(fields['fields']) && { fields: fields['fields'] as Record<string, string[]> }),
    ...(isObject(fields['details']) && { details: fields['details'] }),
  }
  return Failure.fromEnvelope(envelope)
}

const codeOfStatus = (status: number): string => {
  const found = Object.entries(FAILURES).find(([, spec]) => spec.status === status)
  return found?.[0] ?? (status < 500 ? 'unsupported' : 'unavailable')
}

const retryAfterHeaderMs = ({ headers }: Response): number | undefined => {
  const seconds = headers.get('retry-after')
  return seconds && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1_000 : undefined
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
const number = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined
const retry = (value: unknown): Retry | undefined =>
  value === 'never' || value === 'now' || value === 'later' || value === 'after_auth'
    ? value
    : undefined
