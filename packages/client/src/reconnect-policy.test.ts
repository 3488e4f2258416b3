// Goal: each way to lose a connection is followed by what the protocol asks for.
// Method: the policy alone, with dice that the test throws.
import { CLOSE_CODES, failure } from '@meshboard/contracts/client'
import { expect, test } from 'vitest'
import { FRESH_RUN, type Loss, nextStep } from './reconnect-policy.ts'

const reconnect = { initialMs: 500, maxMs: 20_000, stableMs: 30_000 }
const closed = (code: number, reason = ''): Loss => ({ kind: 'closed', code, reason })
const ask = (
  loss: Loss,
  {
    attempt = 0,
    signInsRefused = 0,
    random = 1,
    windowMs,
  }: {
    attempt?: number
    signInsRefused?: number
    random?: number
    windowMs?: number
  } = {},
) =>
  nextStep({
    loss,
    run: { attempt, signInsRefused },
    reconnect,
    random: () => random,
    ...(windowMs !== undefined && { windowMs }),
  })
const delayOf = (...args: Parameters<typeof ask>): number => {
  const step = ask(...args)
  if (step.do === 'stop') throw new Error('it stops')
  return step.delayMs
}

test('a protocol error stops for good', () => {
  for (const { code } of [
    CLOSE_CODES.not_a_frame,
    CLOSE_CODES.wrong_version,
    CLOSE_CODES.duplicate_id,
  ])
    expect(ask(closed(code))).toEqual({ do: 'stop' })
  expect(ask(closed(1009))).toEqual({ do: 'stop' })
})

test('a login is tried again once and then given up', () => {
  const loss = closed(CLOSE_CODES.revoked.code)
  expect(ask(loss)).toMatchObject({ do: 'wait', run: { signInsRefused: 1 } })
  expect(ask(loss, { attempt: 1, signInsRefused: 1 })).toEqual({ do: 'stop' })
})

test('a key that nobody registered is not tried again', () => {
  expect(ask({ kind: 'refused', failure: failure('unknown_key') })).toEqual({ do: 'stop' })
})

test('a refusal for now waits as long as it says', () => {
  const refused = failure('rate_limited', { retryAfterMs: 4_000 })
  expect(delayOf({ kind: 'refused', failure: refused })).toBe(4_000)
  expect(delayOf({ kind: 'refused', failure: failure('unavailable') })).toBe(500)
})

test('the bound of the delay doubles with each attempt up to the cap', () => {
  const bounds = [1, 2, 3, 5, 6, 20].map((attempt) => delayOf(closed(1006), { attempt }))
  expect(bounds).toEqual([1_000, 2_000, 4_000, 16_000, 20_000, 20_000])
})

test('the delay lies anywhere between 0 and its bound', () => {
  expect(delayOf(closed(1006), { attempt: 3, random: 0 })).toBe(0)
  expect(delayOf(closed(1006), { attempt: 3, random: 0.25 })).toBe(1_000)
})

test('the first try after an unannounced loss is spread over the window of the edge', () => {
  expect(delayOf(closed(1006), { windowMs: 8_000, random: 0.5 })).toBe(4_000)
  expect(delayOf(closed(1006), { windowMs: 8_000, attempt: 1 })).toBe(1_000)
})

test('a fault of the edge brings the client back within a second', () => {
  expect(delayOf(closed(CLOSE_CODES.internal.code), { windowMs: 8_000 })).toBe(1_000)
})

test('a delay in the close reason wins', () => {
  expect(delayOf(closed(4300, 'server restarts, come back in 1500 ms'), { random: 0 })).toBe(1_500)
  expect(delayOf(closed(4300, 'server restarts'), { attempt: 1 })).toBe(1_000)
})

test('too many connections keep the client away for 30 seconds at least', () => {
  expect(delayOf(closed(4400), { random: 0 })).toBe(30_000)
  expect(delayOf(closed(4400), { random: 1 })).toBe(30_500)
})

test('each wait counts as an attempt', () => {
  expect(ask(closed(1006))).toMatchObject({ run: { ...FRESH_RUN, attempt: 1 } })
})
