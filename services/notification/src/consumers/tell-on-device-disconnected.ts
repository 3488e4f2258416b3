import { network, notification } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'
import { toNotification } from '../domain/notification.ts'
import { deviceOffline } from '../domain/texts.ts'

/** Tells the owner; of a device that comes and goes, once until it is read or a while has passed. */
export const tellOnDeviceDisconnected = consumer({
  name: 'tellOnDeviceDisconnected',
  event: network.events.disconnected,
  async handle({ data, tx }, { notifications, times }: Deps) {
    const telling = deviceOffline(data)
    const isKnown = await notifications.isUnread(tx, {
      userId: telling.userId,
      kind: telling.kind,
      connectionId: data.id,
      minutes: times.repeatMinutes,
    })
    if (isKnown) return
    const told = await notifications.add(tx, telling)
    if (told) await tx.publish(notification.events.created, toNotification(told))
  },
})
