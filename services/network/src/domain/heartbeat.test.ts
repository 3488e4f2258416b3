import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Connection, signedOff } from './connection.ts'
import { heartbeatOf } from './heartbeat.ts'

const START = new Date('2026-11-21T09:00:00.000Z')
const times = { silenceMs: 60_000, accrualPeriodMs: 60_000 }

const fresh: Connection = {
  id: 'con_1',
  userId: 'usr_1',
  deviceId: 'phone',
  networkName: 'home',
  status: 'connected',
  statusMessage: '',
  scoreTenths: 0,
  announcedTenths: 0,
  onlineMs: 0,
  remainderMs: 0,
  accruals: 0,
  pointsEarnedMicros: 0n,
  seenAt: START,
  createdAt: START,
  updatedAt: START,
}

const after = (ms: number, connection = fresh, scoreTenths = 800) =>
  heartbeatOf(connection, {
    now: new Date(connection.seenAt.getTime() + ms),
    scoreTenths,
    ...times,
  })

test('a gap of up to the silence counts, a longer one does not', () => {
  expect(after(60_000).connection.onlineMs).toBe(60_000)
  expect(after(60_001).connection.onlineMs).toBe(0)
})

test('a clock that goes back takes nothing away and gives nothing twice', () => {
  const back = after(-5_000).connection
  expect(back.onlineMs).toBe(0)
  expect(back.seenAt).toEqual(START)
})

test('whole periods accrue and the rest is kept', () => {
  const first = after(50_000)
  expect(first).toMatchObject({ accruedMs: 0, connection: { remainderMs: 50_000, accruals: 0 } })
  const second = after(50_000, first.connection)
  expect(second).toMatchObject({
    accruedMs: 60_000,
    connection: { remainderMs: 40_000, accruals: 1, onlineMs: 100_000 },
  })
})

test('time online is what has accrued and what is left, however the heartbeats fall', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1_000, max: 90_000 })), (gaps) => {
      let connection = fresh
      let accruedMs = 0
      let accruals = 0
      for (const gap of gaps) {
        const beat = after(gap, connection)
        expect(beat.accruedMs % times.accrualPeriodMs).toBe(0)
        connection = beat.connection
        accruedMs += beat.accruedMs
        accruals += beat.accruedMs > 0 ? 1 : 0
      }
      const counted = gaps.filter((gap) => gap > 0 && gap <= times.silenceMs)
      expect(connection.onlineMs).toBe(counted.reduce((sum, gap) => sum + gap, 0))
      expect(accruedMs + connection.remainderMs).toBe(connection.onlineMs)
      expect(connection.accruals).toBe(accruals)
    }),
  )
})

test('a score is notable once it is a whole point away from what was told last', () => {
  const told = after(1_000, fresh, 800).connection
  const [near, drifted] = [after(1_000, told, 809), after(1_000, told, 790)]
  expect([near.notable, drifted.notable]).toEqual([false, true])
  expect(after(1_000, near.connection, 810).notable).toBe(true)
  expect(after(1_000, { ...told, status: 'stale' }, 800).notable).toBe(true)
})

test('what has not accrued when the device signs off never will', () => {
  const closed = signedOff(after(59_000).connection)
  expect(closed).toMatchObject({ status: 'disconnected', remainderMs: 0, onlineMs: 59_000 })
})
