// Goal: the frame of an event is JSON that says what the event's headers say, whatever stands in them.
// Method: headers that need escapes, and such that need none.
import { expect, test } from 'vitest'
import { v1 } from './v1.ts'

const data = Buffer.from('{"amount":"0.986000","note":"é"}')
const event = { seq: 7_000_000_001, n: 12, headers: {}, frames: new Map<string, Buffer>(), data }

const frameOf = (name: string, time: string, skipped = 0) => {
  const payload = v1.dialect.encodeEvent({ ...event, name, time }, { channel: 'earnings', skipped })
  return JSON.parse(payload?.toString() ?? '') as object
}

test.each([
  ['as the kit writes them', 'credited', '2026-11-21T09:00:00.123Z'],
  ['with quotes and a line break', 'cre"dited\n', '","n":99,"x":"'],
  ['in other letters', 'gutschrift-für-ü', '09:00 Uhr — früh'],
])('headers %s', (_how, name, time) => {
  expect(frameOf(`earnings.${name}`, time)).toEqual({
    type: 'event',
    channel: 'earnings',
    event: name,
    seq: 7_000_000_001,
    n: 12,
    time,
    data: { amount: '0.986000', note: 'é' },
  })
})

test('what a filter left out is told, and only then', () => {
  const time = '2026-11-21T09:00:00.123Z'
  expect(frameOf('earnings.credited', time, 3)).toMatchObject({ skipped: 3, n: 12 })
  expect(frameOf('earnings.credited', time)).not.toHaveProperty('skipped')
})
