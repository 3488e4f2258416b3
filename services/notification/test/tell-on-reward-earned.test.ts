import { referral } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createdFor, inboxOf, startNotification, telling } from './start-notification.ts'

const { rewardEarned } = referral.events

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startNotification()
})
afterAll(() => mesh.stop())

test('who gets a reward is told how much, once, though two events say it', async () => {
  const ann = await mesh.user()
  const reward = telling('referrer', { referrer_id: ann.userId })
  const id = await mesh.deliver(rewardEarned, reward)
  await mesh.deliver(rewardEarned, reward, { id, again: true })
  await mesh.deliver(rewardEarned, { ...reward, at: '2026-11-21T09:31:00.000Z' })
  const told = await inboxOf(mesh, ann)
  expect(told).toMatchObject([
    {
      kind: 'referral_rewarded',
      title: 'Referral reward: 0.8 points',
      data: { points: '0.800000', referee_id: reward.referee_id, level: '1' },
    },
  ])
  expect(await createdFor(mesh, ann.userId)).toEqual(told)
})

test('everybody whom one referral rewards is told', async () => {
  const [ann, bob] = [await mesh.user(), await mesh.user()]
  const near = telling('referrer', { referrer_id: ann.userId })
  await mesh.deliver(rewardEarned, near)
  await mesh.deliver(rewardEarned, {
    ...near,
    user_id: bob.userId,
    level: 2,
    points: '0.400000',
  })
  expect(await inboxOf(mesh, ann)).toHaveLength(1)
  expect(await inboxOf(mesh, bob)).toMatchObject([{ title: 'Referral reward: 0.4 points' }])
})
