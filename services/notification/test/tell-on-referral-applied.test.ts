import { referral } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createdFor, inboxOf, startNotification, telling } from './start-notification.ts'

const { applied } = referral.events

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startNotification()
})
afterAll(() => mesh.stop())

const startReferral = async () => {
  const [referrer, referee] = [await mesh.user(), await mesh.user()]
  const about = telling('referee', { referrer_id: referrer.userId, referee_id: referee.userId })
  return { referrer, referee, about, toReferrer: { ...about, user_id: referrer.userId } }
}

test('each side of a referral is told what it means for them, on their screens and in their inbox', async () => {
  const { referrer, referee, about, toReferrer } = await startReferral()
  await mesh.deliver(applied, about)
  await mesh.deliver(applied, toReferrer)
  const [one] = await inboxOf(mesh, referrer)
  expect(one).toMatchObject({
    user_id: referrer.userId,
    kind: 'referral_applied',
    title: 'Your referral code was used',
    data: { referral_id: about.referral_id, referee_id: referee.userId },
    channels: ['in_app'],
  })
  expect(one).not.toHaveProperty('read_at')
  const [other] = await inboxOf(mesh, referee)
  expect(other).toMatchObject({ kind: 'referral_applied', title: 'Referral code applied' })
  expect(await createdFor(mesh, referrer.userId)).toEqual([one])
  expect(await createdFor(mesh, referee.userId)).toEqual([other])
})

test('an event that is delivered twice is told once', async () => {
  const { referee, about } = await startReferral()
  const id = await mesh.deliver(applied, about)
  await mesh.deliver(applied, about, { id, again: true })
  expect(await createdFor(mesh, referee.userId)).toHaveLength(1)
  expect(await inboxOf(mesh, referee)).toHaveLength(1)
})

test('a second event that tells the same is not told, another referral is', async () => {
  const { referrer, toReferrer } = await startReferral()
  await mesh.deliver(applied, toReferrer)
  await mesh.deliver(applied, { ...toReferrer, at: '2026-11-21T09:31:00.000Z' })
  expect(await createdFor(mesh, referrer.userId)).toHaveLength(1)
  const another = { ...telling('referrer', { referrer_id: referrer.userId }) }
  await mesh.deliver(applied, another)
  expect(await inboxOf(mesh, referrer)).toMatchObject([
    { data: { referral_id: another.referral_id } },
    { data: { referral_id: toReferrer.referral_id } },
  ])
})

test('many events that tell the same at once are told once', async () => {
  const { referrer, toReferrer } = await startReferral()
  await Promise.all(
    Array.from({ length: 20 }, (_, nth) => mesh.deliver(applied, toReferrer, { n: nth + 1 })),
  )
  expect(await createdFor(mesh, referrer.userId)).toHaveLength(1)
})
