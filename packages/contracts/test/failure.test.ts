// Goal: a failure means the same at both ends of a wire.
// Method: every code of the catalogue there and back, with and without what it may carry.
import { describe, expect, test } from 'vitest'
import {
  ANY_CALL,
  type CommonCode,
  FAILURES,
  Failure,
  type FailureEnvelope,
  allContracts,
  failure,
  failures,
} from '../src/index.ts'

const codes = Object.keys(FAILURES) as CommonCode[]
const sent = (one: Failure): FailureEnvelope =>
  JSON.parse(JSON.stringify(one.toEnvelope('t1'))) as FailureEnvelope

describe('a failure', () => {
  test.each(codes)('%s arrives as it was sent', (code) => {
    const arrived = Failure.fromEnvelope(sent(failure(code)))
    expect(arrived).toMatchObject({ ...FAILURES[code], code, traceId: 't1', name: 'Failure' })
    expect(sent(arrived)).toEqual(sent(failure(code)))
  })

  test('arrives with all it carries', () => {
    const details = {
      message: 'Wait a little.',
      retry: 'now',
      retryAfterMs: 0,
      fields: { label: ['Too long.'] },
      details: { limit: 3 },
    } as const
    const carried = failure('rate_limited', { ...details, fields: { label: ['Too long.'] } })
    expect(Failure.fromEnvelope(sent(carried))).toMatchObject({ ...details, status: 429 })
    expect(sent(carried).retry_after_ms).toBe(0)
  })

  test('carries nothing that nobody gave it', () => {
    expect(Object.keys(sent(failure('conflict'))).toSorted()).toEqual([
      'code',
      'message',
      'retry',
      'trace_id',
    ])
  })

  test('takes status and advice from the declaration that is given', () => {
    const spec = { status: 410, retry: 'never', message: 'Gone.' } as const
    const arrived = Failure.fromEnvelope(sent(new Failure('sold_out', spec)), { sold_out: spec })
    expect(arrived).toMatchObject({ code: 'sold_out', status: 410, message: 'Gone.' })
  })

  test('of a code this build does not know keeps its words', () => {
    const envelope = { code: 'newer', message: 'New.', retry: 'later', trace_id: 't' } as const
    const arrived = Failure.fromEnvelope(envelope)
    expect(arrived).toMatchObject({ code: 'newer', message: 'New.', retry: 'later', status: 500 })
  })
})

describe('the catalogue', () => {
  test.each(codes)(
    '%s has a sentence, an HTTP status of an error and a snake_case code',
    (code) => {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
      expect(FAILURES[code].message).toMatch(/^[A-Z].*\.$/)
      expect(FAILURES[code].status).toBeGreaterThanOrEqual(400)
      expect(FAILURES[code].status).toBeLessThan(600)
    },
  )

  test('holds every code a call may end with', () => {
    expect(ANY_CALL.filter((code) => !codes.includes(code))).toEqual([])
  })

  test('is not contradicted by what contracts declare; a code of their own is in snake case', () => {
    const catalogue: Record<string, unknown> = FAILURES
    for (const { procedures } of allContracts)
      for (const one of Object.values(procedures))
        for (const [code, spec] of Object.entries(one.failures)) {
          expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
          if (code in catalogue) expect(spec).toEqual(catalogue[code])
        }
  })

  test('gives a declaration exactly the codes asked for', () => {
    expect(failures('conflict', 'not_found')).toEqual({
      conflict: FAILURES.conflict,
      not_found: FAILURES.not_found,
    })
  })
})
