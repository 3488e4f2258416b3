// Goal: what is kept at hand for clients that come back is bounded, and gone when nobody needs it.
// Method: events added to a ring, with and without somebody who catches up.
import { expect, test } from 'vitest'
import type { FeedEvent } from './feed-event.ts'
import { RecentEvents } from './recent-events.ts'

const event = (n: number, bytes = 10): FeedEvent => ({
  ...{ seq: n * 10, n, name: 'earnings.credited', time: '' },
  ...{ data: new Uint8Array(bytes), headers: {}, frames: new Map() },
})
const add = (recent: RecentEvents, from: number, to: number, isHot = false): void => {
  for (let n = from; n <= to; n += 1) recent.add(event(n), isHot)
}
const after = (recent: RecentEvents, n: number) => recent.after(n).map((found) => found.n)

test('events are at hand while somebody catches up, and no longer', () => {
  const recent = new RecentEvents()
  add(recent, 1, 2)
  expect(after(recent, 0)).toEqual([])
  recent.use()
  add(recent, 3, 5)
  expect(after(recent, 3)).toEqual([4, 5])
  recent.release()
  expect(after(recent, 3)).toEqual([])
})

test('those of a hot feed are at hand whether or not somebody catches up', () => {
  const recent = new RecentEvents()
  add(recent, 1, 4, true)
  recent.use()
  recent.release()
  expect(after(recent, 1)).toEqual([2, 3, 4])
  add(recent, 5, 5)
  expect(after(recent, 1)).toEqual([])
})

test('no more than 256 are at hand, and no more than 256 KiB of data', () => {
  const recent = new RecentEvents()
  recent.use()
  add(recent, 1, 1_000)
  expect(after(recent, 743)).toEqual([])
  expect(after(recent, 744).length).toBe(256)
  for (let n = 1_001; n <= 1_010; n += 1) recent.add(event(n, 100_000), false)
  expect(after(recent, 1_008)).toEqual([1_009, 1_010])
  expect(after(recent, 1_007)).toEqual([])
})
