import { auth } from './auth.ts'
import type { EventDeclaration } from './define.ts'
import type { PlacedChannel } from './mesh.ts'
import { localName, serviceOf } from './names.ts'
import { network } from './network.ts'
import { notification } from './notification.ts'
import type { Signal } from './signal.ts'
import type { Role } from './token.ts'
import { user } from './user.ts'

/** One kind of event as `/ws/events` shows it. */
export interface EventRow {
  /** What its clients know it by. */
  readonly type: string
  readonly event: EventDeclaration
  /** The same for each, or the filter field `severity` of the event says it. */
  readonly severity: 'info' | 'warning' | 'critical' | 'told'
  /** Who is shown, besides what is their own or for all, that of others too: these roles. None: nobody. */
  readonly others?: readonly Role[]
}

/** What `/ws/events` shows. Another kind is another row. */
export const EVENT_ROWS: readonly EventRow[] = [
  { type: 'USER_CREATED', event: user.events.registered, severity: 'info', others: ['admin'] },
  {
    type: 'USER_ROLE_CHANGED',
    event: auth.events.roleChanged,
    severity: 'warning',
    others: ['admin'],
  },
  {
    type: 'PATH_STATUS_CHANGED',
    event: network.events.statusChanged,
    severity: 'told',
    others: ['admin'],
  },
  { type: 'SYSTEM_ALERT', event: notification.events.alerted, severity: 'told' },
]

/** What `/ws/metrics` shows, and who is shown that of others too. */
export const METRICS_ROW: { readonly signal: Signal; readonly others: readonly Role[] } = {
  signal: network.signals.sampled,
  others: ['analyst', 'admin'],
}

/**
 * What `/ws/events` watches for a client with these roles: its own and what is for all, without a
 * hole; where the table gives it those of others, all of the topic, at most once.
 */
export const eventWatches = (roles: readonly Role[]): readonly PlacedChannel[] => {
  const watches = EVENT_ROWS.map(({ event, others }) =>
    mayWatch(others, roles) ? ofAnybody(event) : ofOwn(event),
  )
  return [...new Map(watches.map((watch) => [watch.name, watch])).values()]
}

/** What `/ws/metrics` watches for a client with these roles: its own paths, or all. */
export const metricsWatches = (roles: readonly Role[]): readonly PlacedChannel[] => {
  const { signal, others } = METRICS_ROW
  const audience = mayWatch(others, roles) ? 'any' : 'self'
  const topic = localName(signal.name)
  const name = audience === 'any' ? `${signal.name}.any` : signal.name
  const channel = { class: 'live', topic, audience, signal } as const
  return [{ service: serviceOf(signal.name), name, channel }]
}

/** Everything that `eventWatches` and `metricsWatches` may give. */
export const allWatches = (): readonly PlacedChannel[] => [
  ...EVENT_ROWS.flatMap(({ event, others }) =>
    others ? [ofOwn(event), ofAnybody(event)] : [ofOwn(event)],
  ),
  ...metricsWatches([]),
  ...metricsWatches(METRICS_ROW.others),
]

const mayWatch = (others: readonly Role[] | undefined, roles: readonly Role[]): boolean =>
  others?.some((role) => roles.includes(role)) ?? false

const ofOwn = ({ name, topic, key }: EventDeclaration): PlacedChannel => ({
  service: serviceOf(name),
  name: `${serviceOf(name)}.${topic}`,
  channel: { class: 'log', topic, audience: key === 'all' ? 'all' : 'self' },
})

const ofAnybody = ({ name, topic }: EventDeclaration): PlacedChannel => ({
  service: serviceOf(name),
  name: `${serviceOf(name)}.${topic}.any`,
  channel: { class: 'live', topic, audience: 'any' },
})
