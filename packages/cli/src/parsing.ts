import type { ReadFrom } from '@meshboard/kit'
import { InvalidArgumentError } from 'commander'

const SPAN_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const RATE_MAX = 1_000

const refuse = (sentence: string): never => {
  throw new InvalidArgumentError(sentence)
}

/** A moment: `90s`, `15m`, `2h`, `3d` ago, or RFC 3339. */
export const moment = (text: string): Date => {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? []
  if (unit !== undefined) return new Date(Date.now() - Number(count) * (SPAN_MS[unit] ?? 0))
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (!Number.isNaN(at.getTime())) return at
  return refuse('Give a span (90s, 15m, 2h, 3d: so long ago) or a time (2026-01-31T14:00:00Z).')
}

/** A place in a stream: a position, or a moment. */
export const place = (text: string): ReadFrom =>
  /^\d+$/.test(text) ? { seq: sequence(text) } : { time: moment(text) }

/** A position in a stream, from 1. */
export const sequence = (text: string): number => {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value
  return refuse('Give a position in the stream, a whole number from 1.')
}

/** Several positions, as arguments that are given one after the other. */
export const sequences = (text: string, before: readonly number[] = []): readonly number[] => [
  ...before,
  sequence(text),
]

/** How many, from 0. */
export const count = (text: string): number =>
  /^\d{1,9}$/.test(text) ? Number(text) : refuse('Give a whole number from 0.')

/** Messages a second, `50` or `50/s`, 1 to 1,000. */
export const rate = (text: string): number => {
  const value = Number(text.replace(/\/s$/, ''))
  if (Number.isInteger(value) && value >= 1 && value <= RATE_MAX) return value
  return refuse(`Give messages a second, 1 to ${RATE_MAX}: 50 or 50/s.`)
}

/** Why something is done: a text with something in it. */
export const reason = (text: string): string =>
  text.trim() === '' ? refuse('Say why: it is written down.') : text

/** Milliseconds, 1 to an hour. */
export const milliseconds = (text: string): number => {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= 3_600_000) return value
  return refuse('Give milliseconds, 1 to 3600000.')
}

/** A key of events, as it may stand in a subject. */
export const key = (text: string): string =>
  /^[A-Za-z0-9_-]{1,64}$/.test(text)
    ? text
    : refuse('A key is 1 to 64 letters, digits, "-" or "_".')
