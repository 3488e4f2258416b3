// Goal: how long events wait for a consumer is never told too low, nor grown by quiet times.
// Method: a clock that is set by hand.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ConsumerLag } from './consumer-lag.ts'

const at = (seconds: number) => seconds * 1_000

beforeEach(() => void vi.useFakeTimers({ now: at(1_000) }))
afterEach(() => void vi.useRealTimers())

test('nothing waits, so nothing is late', () => {
  const lag = new ConsumerLag()
  vi.setSystemTime(at(9_000))
  expect(lag.seconds).toBe(0)
})

test('while a consumer keeps up with old events, it is as late as the last one given to it', () => {
  const lag = new ConsumerLag()
  vi.setSystemTime(at(1_100))
  lag.delivered({ behind: 50, storedAt: at(1_080) })
  expect(lag.seconds).toBe(20)
  lag.delivered({ behind: 49, storedAt: at(1_095) })
  expect(lag.seconds).toBe(5)
  expect(lag.pending).toBe(49)
})

test('a consumer that is given nothing grows later', () => {
  const lag = new ConsumerLag()
  lag.delivered({ behind: 3, storedAt: at(1_000) })
  vi.setSystemTime(at(1_300))
  lag.looked(7)
  expect(lag.seconds).toBe(300)
})

test('the first event after an hour of quiet is not an hour late', () => {
  const lag = new ConsumerLag()
  lag.delivered({ behind: 0, storedAt: at(1_000) })
  vi.setSystemTime(at(4_600))
  lag.looked(0)
  vi.setSystemTime(at(4_605))
  lag.looked(1)
  expect(lag.seconds).toBe(5)
})

test('a delivery that was stored before the last look at an empty queue changes nothing', () => {
  const lag = new ConsumerLag()
  vi.setSystemTime(at(2_000))
  lag.looked(0)
  lag.delivered({ behind: 1, storedAt: at(1_000) })
  expect(lag.seconds).toBe(0)
})
