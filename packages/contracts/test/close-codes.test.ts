// Goal: a client knows from a close code alone what to do.
// Method: every code of ours by its hundred, the standard ones by their meaning.
import { describe, expect, test } from 'vitest'
import { CLOSE_CODES, afterClose } from '../src/index.ts'

const entries: [string, { code: number; reason: string }][] = Object.entries(CLOSE_CODES)

describe('close codes', () => {
  test('lie in the private range of RFC 6455, each once, with a reason that fits a frame', () => {
    const codes = entries.map(([, { code }]) => code)
    expect(new Set(codes).size).toBe(codes.length)
    expect(codes.filter((code) => code < 4000 || code > 4499)).toEqual([])
    expect(entries.filter(([, { reason }]) => !reason || Buffer.byteLength(reason) > 123)).toEqual(
      [],
    )
  })

  test.each(entries)('%s tells the client what to do by its hundred', (_, { code }) => {
    const byHundred = {
      40: 'stop',
      41: 'sign_in',
      42: 'reconnect',
      43: 'reconnect_later',
      44: 'back_off',
    }
    expect(afterClose(code)).toBe(byHundred[Math.floor(code / 100) as keyof typeof byHundred])
  })

  test.each([1002, 1007, 1009])('%i says the client is at fault: it stops', (code) => {
    expect(afterClose(code)).toBe('stop')
  })

  test('1008 says that it is asked too much: it backs off', () => {
    expect(afterClose(1008)).toBe('back_off')
  })

  test.each([1000, 1001, 1005, 1006, 1011, 1012, 1013, 3999, 4500])(
    '%i says nothing against trying again',
    (code) => expect(afterClose(code)).toBe('reconnect'),
  )

  test.each([
    [3999, 'reconnect'],
    [4000, 'stop'],
    [4099, 'stop'],
    [4100, 'sign_in'],
    [4199, 'sign_in'],
    [4200, 'reconnect'],
    [4299, 'reconnect'],
    [4300, 'reconnect_later'],
    [4399, 'reconnect_later'],
    [4400, 'back_off'],
    [4499, 'back_off'],
  ])('%i is at the edge of its range', (code, expected) => expect(afterClose(code)).toBe(expected))
})
