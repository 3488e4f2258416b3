import { referral } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { createdFor, inboxOf, startNotification, telling } from './start-notification.ts'

const { applied, completed, rewardEarned } = referral.events

test('the referee is told once that the referral is complete; the referrer hears of it with the reward alone', async () => {
  const mesh = await startNotification()
  const [referrer, referee] = [await mesh.user(), await mesh.user()]
  const about = telling('referee', {
    referrer_id: referrer.userId,
    referee_id: referee.userId,
    status: 'completed',
  })
  const toReferrer = { ...about, user_id: referrer.userId }
  const id = await mesh.deliver(completed, about)
  await mesh.deliver(completed, about, { id, again: true })
  await mesh.deliver(completed, { ...about, at: '2026-11-21T09:31:00.000Z' })
  await mesh.deliver(completed, toReferrer)
  expect(await inboxOf(mesh, referrer)).toEqual([])
  await mesh.deliver(rewardEarned, toReferrer)
  // What happened first comes last: a retried event may be overtaken.
  await mesh.deliver(applied, about)

  const kindsOf = async (userId: string) => (await createdFor(mesh, userId)).map(({ kind }) => kind)
  expect(await kindsOf(referee.userId)).toEqual(['referral_completed', 'referral_applied'])
  expect(await kindsOf(referrer.userId)).toEqual(['referral_rewarded'])
  await mesh.stop()
})
