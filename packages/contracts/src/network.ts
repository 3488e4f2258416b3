import { z } from 'zod'
import { channel, contract, event, procedure } from './define.ts'
import { failures } from './failure.ts'
import { sampled, statusChanged } from './network-paths.ts'
import { Quality, Status } from './quality.ts'
import { ConnectionId, DeviceId, Label, Points, Score, Timestamp, UserId } from './values.ts'

export { Quality } from './quality.ts'

/** One device's connection, as its user sees it. */
export const NetworkConnection = z.object({
  id: ConnectionId,
  user_id: UserId,
  device_id: DeviceId,
  network_name: Label,
  connected: z.boolean(),
  status: Status,
  status_message: z.string(),
  /** Seconds online since it was first opened. */
  connection_time: z.int().min(0),
  network_score: Score,
  points_earned: Points,
  created_at: Timestamp,
  updated_at: Timestamp,
})

const connect = procedure({
  name: 'network.connect',
  summary: "Opens the device's connection, or takes up the one it already has.",
  access: 'user',
  http: 'POST /api/networks',
  location: '/api/networks/{id}',
  socket: true,
  idempotent: true,
  timeoutMs: 3_000,
  priority: 'critical',
  input: z.object({ device_id: DeviceId, network_name: Label }),
  output: NetworkConnection,
  failures: failures('conflict'),
})

const heartbeat = procedure({
  name: 'network.heartbeat',
  summary: 'Says the device is online and how good its connection is; full minutes accrue.',
  access: 'user',
  http: 'POST /api/networks/{connection_id}/heartbeat',
  socket: true,
  timeoutMs: 3_000,
  priority: 'critical',
  input: z.object({ connection_id: ConnectionId, quality: Quality }),
  output: z.object({
    connection_id: ConnectionId,
    status: Status,
    network_score: Score,
    connection_time: z.int().min(0),
  }),
  failures: failures('not_found', 'invalid_network_data'),
})

const disconnect = procedure({
  name: 'network.disconnect',
  summary: "Closes the device's connection; what has not filled a minute is lost.",
  access: 'user',
  http: 'DELETE /api/networks/{connection_id}',
  socket: true,
  idempotent: true,
  timeoutMs: 3_000,
  input: z.object({ connection_id: ConnectionId }),
  output: z.object({}),
  failures: failures('not_found'),
})

const echo = procedure({
  name: 'network.echo',
  summary: 'Sends back what it was sent, so that a device can measure its connection.',
  access: 'user',
  socket: true,
  idempotent: true,
  timeoutMs: 2_000,
  input: z.object({ data: z.string().max(60_000) }),
  output: z.object({ data: z.string() }),
})

const get = procedure({
  name: 'network.get',
  summary: "One of the caller's connections.",
  access: 'user',
  http: 'GET /api/networks/{connection_id}',
  socket: true,
  idempotent: true,
  timeoutMs: 2_000,
  input: z.object({ connection_id: ConnectionId }),
  output: NetworkConnection,
  failures: failures('not_found'),
})

const list = procedure({
  name: 'network.list',
  summary: "The caller's connections, the newest first.",
  access: 'user',
  http: 'GET /api/networks',
  socket: true,
  idempotent: true,
  timeoutMs: 2_000,
  priority: 'sheddable',
  input: z.object({}),
  output: z.object({ connections: z.array(NetworkConnection) }),
})

const connected = event({
  name: 'network.connected',
  summary: 'A device came online.',
  topic: 'connections',
  key: 'user_id',
  stateKey: 'id',
  update: 'connection_update',
  data: NetworkConnection,
  keepDays: 7,
})

const disconnected = event({
  name: 'network.disconnected',
  summary: 'A device went offline, by its own word or by its silence.',
  topic: 'connections',
  key: 'user_id',
  stateKey: 'id',
  update: 'connection_update',
  data: NetworkConnection,
  keepDays: 7,
})

const scoreChanged = event({
  name: 'network.scoreChanged',
  summary: "A connection's quality changed.",
  topic: 'connections',
  key: 'user_id',
  stateKey: 'id',
  update: 'network_update',
  data: NetworkConnection,
  keepDays: 7,
})

const uptimeAccrued = event({
  name: 'network.uptimeAccrued',
  summary: 'A connection was online for one or more further full accrual periods.',
  topic: 'uptime',
  key: 'user_id',
  data: z.object({
    user_id: UserId,
    connection_id: ConnectionId,
    /** 1, 2, 3 … within the connection; with it, names the accrual for ever. */
    accrual: z.int().min(1),
    /** Time online that this accrues: a whole number of periods, milliseconds. */
    online_ms: z.int().min(1),
    network_score: Score,
    accrued_at: Timestamp,
  }),
  keepDays: 30,
})

/** A user's devices: online or not, how well, for how long. */
export const network = contract('network', {
  version: '1.1.0',
  owner: 'team-network',
  summary: "A user's devices: online or not, how well, for how long.",
  procedures: { connect, heartbeat, disconnect, echo, get, list },
  events: { connected, disconnected, scoreChanged, uptimeAccrued, statusChanged },
  signals: { sampled },
  channels: {
    network: channel({ class: 'state', topic: 'connections', audience: 'self', snapshot: list }),
  },
})
