import { Quality } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { Measurement } from './measure.ts'

const measured = (...roundTripsMs: (number | undefined)[]): Measurement => {
  const measurement = new Measurement()
  for (const ms of roundTripsMs) {
    if (ms === undefined) measurement.lost()
    else measurement.answered(ms)
  }
  return measurement
}

test('latency is the mean round trip and jitter the mean difference of successive ones', () => {
  expect(measured(10, 14, 12).take()).toEqual({ latency_ms: 12, jitter_ms: 3, packet_loss_pct: 0 })
})

test('loss is the share of echoes without an answer', () => {
  expect(measured(10, undefined, 10, undefined).take()).toMatchObject({ packet_loss_pct: 50 })
})

test('with every echo lost the latency is the time after which they counted as lost', () => {
  const expected = { latency_ms: 2_000, jitter_ms: 0, packet_loss_pct: 100 }
  expect(measured(undefined).take()).toEqual(expected)
})

test('each quality covers the time since the one before, jitter across the two', () => {
  const measurement = measured(10)
  measurement.take()
  measurement.answered(14)
  expect(measurement.take()).toEqual({ latency_ms: 14, jitter_ms: 4, packet_loss_pct: 0 })
})

test('without a new echo the quality before still stands', () => {
  const measurement = measured(10, undefined)
  const before = measurement.take()
  expect(measurement.take()).toEqual(before)
})

test('before the first echo there is no quality', () => {
  const measurement = new Measurement()
  measurement.throughput(100)
  expect(measurement.take()).toBeUndefined()
})

test('throughput stands until the next one', () => {
  const measurement = measured(10)
  measurement.throughput(412.34567)
  measurement.take()
  expect(measurement.take()).toMatchObject({ bandwidth_mbps: 412.346 })
})

test('a quality is one the contract takes', () => {
  const measurement = measured(1 / 3, undefined, 2 / 3)
  measurement.throughput(1e5 / 3)
  expect(Quality.safeParse(measurement.take()).success).toBe(true)
})
