import { notification } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import { newId } from '@meshboard/kit'
import type { Deps } from '../deps.ts'

type Alert = typeof notification.procedures.alert

/** Kept by the stream alone: who comes later is told what still holds by whoever runs the mesh. */
export const alert = handler<Alert, Deps>(notification.procedures.alert, ({ input, transaction }) =>
  transaction(async (tx) => {
    const { severity, title, body = '' } = input
    const raised = {
      id: newId('alert'),
      severity,
      title,
      body,
      raised_at: new Date().toISOString(),
    }
    await tx.publish(notification.events.alerted, raised)
    return raised
  }),
)
