// Goal: what differs is found setting by setting, and nothing that would take data away is among it.
// Method: the pure functions, with what a broker would say.
import { earnings } from '@meshboard/contracts'
import type { StreamInfo } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { expect, test } from 'vitest'
import { compareStream, tooSmall } from './comparison.ts'
import { differencesOf } from './differences.ts'
import { type WantedStream, streamsOf } from './streams.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const [wanted] = streamsOf([{ service: 'earnings', contract: earnings, consumers: [] }], {
  replicas: 1,
})
if (!wanted) throw new Error('no stream')

const found = (change: Partial<WantedStream>, ageDays = 0, bytes = 10): StreamInfo => {
  const first_ts = new Date(Date.now() - ageDays * DAY_MS).toISOString()
  const metadata = { ...wanted.metadata, '_nats.level': '1' }
  const config = { ...wanted, metadata, ...change }
  return { config, state: { messages: 3, bytes, first_ts } } as unknown as StreamInfo
}

test('what the broker adds of its own, leaves out or puts in another order is no difference', () => {
  expect(compareStream(wanted, found({})).change).toEqual([])
  expect(differencesOf({ no_ack: false, max_age: 0 }, {})).toEqual([])
  expect(differencesOf({ filter_subjects: ['a', 'b'] }, { filter_subjects: ['b', 'a'] })).toEqual(
    [],
  )
})

test('a setting that is another is told with what it is and what it will be', () => {
  const { change } = compareStream(wanted, found({ allow_direct: false, max_msgs: 5 }))
  expect(change).toEqual([
    {
      stream: 'EVT_EARNINGS',
      act: 'change',
      settings: [
        { setting: 'max_msgs', from: 5, to: -1 },
        { setting: 'allow_direct', from: false, to: true },
      ],
    },
  ])
})

test('an age that would drop what is stored is left, one that drops nothing is set', () => {
  const longer = { max_age: nanos(60 * DAY_MS) }
  const kept = compareStream(wanted, found(longer, 45))
  expect(kept.change).toEqual([])
  expect(kept.leftovers).toMatchObject([
    { setting: 'max_age', to: wanted.max_age, why: expect.stringContaining('for 30 days') },
  ])
  expect(compareStream(wanted, found(longer, 20))).toMatchObject({
    change: [{ settings: [{ setting: 'max_age' }] }],
    leftovers: [],
  })
})

test('a stream that holds more than it may keep is told', () => {
  expect(tooSmall(wanted, found({}, 0, 100 << 20))).toEqual([
    'EVT_EARNINGS holds 104857600 bytes and may keep 67108864: allow it more',
  ])
  expect(tooSmall(wanted, undefined)).toEqual([])
})
