// Goal: whatever a gateway answers becomes a failure that can be acted on.
// Method: answers made by hand.
import { expect, test } from 'vitest'
import { problemFailure } from './problem.ts'

const failureOf = (status: number, body: BodyInit, headers = {}) =>
  problemFailure(new Response(body, { status, headers }))

test('a problem document becomes the failure it tells of', async () => {
  const body = JSON.stringify({
    type: 'about:blank',
    title: 'Taken',
    status: 409,
    code: 'conflict',
    detail: 'The name "bob" is taken.',
    retry: 'never',
    trace_id: 'abc',
  })
  const expected = {
    code: 'conflict',
    message: 'The name "bob" is taken.',
    retry: 'never',
    traceId: 'abc',
  }
  expect(await failureOf(409, body)).toMatchObject(expected)
})

test('an answer that is no JSON becomes a failure by its status', async () => {
  expect(await failureOf(503, '<html>')).toMatchObject({ code: 'overloaded', retry: 'later' })
  expect(await failureOf(418, '')).toMatchObject({ code: 'unsupported' })
})

test('fields of the wrong type are left out', async () => {
  const body = JSON.stringify({ code: 7, retry: 'perhaps', fields: 'x' })
  expect(await failureOf(422, body)).toMatchObject({
    code: 'invalid',
    retry: 'never',
    fields: undefined,
  })
})

test('the header says when to come back when the document does not', async () => {
  const failure = await failureOf(429, '{}', { 'retry-after': '7' })
  expect(failure).toMatchObject({ code: 'rate_limited', retryAfterMs: 7_000 })
})
