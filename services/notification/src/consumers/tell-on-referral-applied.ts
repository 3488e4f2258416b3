import { notification, referral } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toNotification } from '../domain/notification.ts'
import { referralApplied } from '../domain/texts.ts'

/** Tells the side that the event is for: there is one for each. */
export const tellOnReferralApplied = consumer({
  name: 'tellOnReferralApplied',
  event: referral.events.applied,
  async handle({ data, tx }, { notifications }: Deps) {
    const told = await notifications.add(tx, referralApplied(data))
    if (told) await tx.publish(notification.events.created, toNotification(told))
  },
})
