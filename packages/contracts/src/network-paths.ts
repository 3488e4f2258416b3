import { z } from 'zod'
import { event } from './define.ts'
import { Quality, Status } from './quality.ts'
import { signal } from './signal.ts'
import { ConnectionId, Score, Severity, Timestamp, UserId } from './values.ts'

// A path is the way between one device and the mesh. It goes by the id of its connection, which tells
// neither whose it is nor where it begins.

export const statusChanged = event({
  name: 'network.statusChanged',
  summary: 'A path came up, fell silent, or ended.',
  topic: 'paths',
  key: 'user_id',
  filters: ['path_id', 'status', 'severity'],
  data: z.object({
    user_id: UserId,
    path_id: ConnectionId,
    status: Status,
    /** `info` by the device's own word, `warning` by its silence. */
    severity: Severity,
    changed_at: Timestamp,
  }),
  keepDays: 7,
})

export const sampled = signal({
  name: 'network.sampled',
  summary: 'A path was measured. Tells of no user and no address, so that anybody may be shown it.',
  filters: ['path_id'],
  data: z.object({
    timestamp: Timestamp,
    path_id: ConnectionId,
    metrics: Quality.extend({ score: Score }),
  }),
})
