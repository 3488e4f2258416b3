import type { DataOf, network } from '@meshboard/contracts'
import type { Connection } from './connection.ts'

type StatusChange = DataOf<typeof network.events.statusChanged>

/** What is told of a connection that has another status than before. */
const toStatusChange =
  (severity: StatusChange['severity']) =>
  ({ userId, id, status, updatedAt }: Connection): StatusChange => ({
    user_id: userId,
    path_id: id,
    status,
    severity,
    changed_at: updatedAt.toISOString(),
  })

/** It came up or ended, by its device's own word. */
export const changedByDevice = toStatusChange('info')

/** Nothing was heard of its device. */
export const changedBySilence = toStatusChange('warning')
