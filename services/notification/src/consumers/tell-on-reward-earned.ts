import { notification, referral } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toNotification } from '../domain/notification.ts'
import { referralRewarded } from '../domain/texts.ts'

export const tellOnRewardEarned = consumer({
  name: 'tellOnRewardEarned',
  event: referral.events.rewardEarned,
  async handle({ data, tx }, { notifications }: Deps) {
    const told = await notifications.add(tx, referralRewarded(data))
    if (told) await tx.publish(notification.events.created, toNotification(told))
  },
})
