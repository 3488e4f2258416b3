import { notification, referral } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toNotification } from '../domain/notification.ts'
import { referralCompleted } from '../domain/texts.ts'

/** Tells the referee. The referrer hears of it with the reward, so as not to be told twice. */
export const tellOnReferralCompleted = consumer({
  name: 'tellOnReferralCompleted',
  event: referral.events.completed,
  async handle({ data, tx }, { notifications }: Deps) {
    const telling = referralCompleted(data)
    const told = telling && (await notifications.add(tx, telling))
    if (told) await tx.publish(notification.events.created, toNotification(told))
  },
})
