import { notification, toMicros, toPoints } from '@meshboard/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Telling, toNotification } from './notification.ts'
import { deviceOffline, referralApplied, referralCompleted, referralRewarded } from './texts.ts'

const [REFERRER, REFEREE] = ['usr_01m7ypdhrge8hafxde6dcny8p1', 'usr_01m7ypdhrge8hafxde6dcny8p2']
const told = {
  user_id: REFERRER,
  referral_id: 'ref_01m7ypdhrge8hafxde6dcny8p3',
  referrer_id: REFERRER,
  referee_id: REFEREE,
  level: 1,
  status: 'rewarded' as const,
  points: '0.800000',
  at: '2026-11-21T09:30:00.000Z',
}
const toReferee = { ...told, user_id: REFEREE }
const connection = {
  id: 'con_01m7ypdhrge8hafxde6dcny8p4',
  user_id: REFERRER,
  device_id: 'laptop',
  network_name: 'home',
  connected: false,
  status: 'disconnected' as const,
  status_message: 'The device signed off.',
  connection_time: 600,
  network_score: 80,
  points_earned: '8.000000',
  created_at: '2026-11-21T09:00:00.000Z',
  updated_at: '2026-11-21T09:30:00.000Z',
}

test('a code that was applied means another thing to each side, and is a fact for each', () => {
  const [one, other] = [referralApplied(told), referralApplied(toReferee)]
  expect(one).toMatchObject({
    userId: REFERRER,
    title: 'Your referral code was used',
    body: 'Somebody joined with your code. You get points once they have earned enough.',
  })
  expect(other).toMatchObject({ userId: REFEREE, title: 'Referral code applied' })
  expect(one.body).not.toBe(other.body)
})

test('a completed referral is told to the referee and to nobody else', () => {
  expect(referralCompleted(toReferee)).toMatchObject({ userId: REFEREE })
  expect(referralCompleted(told)).toBeUndefined()
})

test.for([
  ['0.800000', '0.8 points'],
  ['1.000000', '1 point'],
  ['10.000000', '10 points'],
  ['100.500000', '100.5 points'],
  ['0.000001', '0.000001 points'],
  ['0.000000', '0 points'],
])('a reward of %s is told as %s', ([points = '', words]) => {
  const telling = referralRewarded({ ...told, points })
  expect(telling.title).toBe(`Referral reward: ${words}`)
  expect(telling.body).toBe(`Somebody you invited has earned enough, and you get ${words} for it.`)
  expect(telling.data['points']).toBe(points)
})

test('the amount that is told is the amount, to the micropoint', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), (micros) => {
      const { title } = referralRewarded({ ...told, points: toPoints(micros) })
      const [, whole = '', part = ''] = /: (\d+)(?:\.(\d+))? points?$/.exec(title) ?? []
      expect(toMicros(`${whole}.${part.padEnd(6, '0')}`)).toBe(micros)
    }),
  )
})

test('a reward from further below says from how far', () => {
  const { body, data } = referralRewarded({ ...told, user_id: 'usr_x', level: 3 })
  expect(body).toContain('Somebody 3 levels below you')
  expect(data).toMatchObject({ level: '3' })
})

test('a device that is offline is named, with what its connection says of it', () => {
  expect(deviceOffline(connection)).toMatchObject({
    title: 'laptop is offline',
    body: 'laptop on home earns nothing now. The device signed off.',
    data: { connection_id: connection.id, at: connection.updated_at },
  })
  expect(deviceOffline({ ...connection, status_message: '' }).body).toBe(
    'laptop on home earns nothing now.',
  )
})

test('the same fact has one key, another has another', () => {
  const keyOf = ({ dedupeKey }: Telling) => dedupeKey
  const later = '2026-11-21T10:00:00.000Z'
  expect(keyOf(referralApplied({ ...told, at: later }))).toBe(keyOf(referralApplied(told)))
  expect(keyOf(referralRewarded(told))).not.toBe(keyOf(referralApplied(told)))
  expect(keyOf(deviceOffline({ ...connection, updated_at: later }))).not.toBe(
    keyOf(deviceOffline(connection)),
  )
})

test('what is told fits the contract, however long the names in it are', () => {
  const longest = {
    ...connection,
    device_id: 'd'.repeat(64),
    network_name: 'ü'.repeat(64),
    status_message: 'm'.repeat(5_000),
  }
  const tellings = [
    deviceOffline(longest),
    referralApplied(told),
    referralApplied(toReferee),
    referralCompleted(toReferee),
    referralRewarded({ ...told, level: 10, points: '1234567890123.123456' }),
  ]
  for (const telling of tellings) {
    if (!telling) throw new Error('nothing is told')
    const id = 'ntf_01m7ypdhrge8hafxde6dcny8p5'
    const row = { id, channels: ['in_app' as const], readAt: undefined, createdAt: new Date() }
    const wire = toNotification({ ...telling, ...row })
    expect(notification.events.created.data.safeParse(wire)).toMatchObject({ success: true })
  }
})
