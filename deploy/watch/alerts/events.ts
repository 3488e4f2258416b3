import { DEAD_STREAM, streamName } from '@meshboard/contracts'
import type { Alert } from '../alert.ts'
import { of } from '../promql.ts'
import type { Watched } from '../watched.ts'

/** Of who takes events. */
export const consumerAlerts = (watched: Watched): Alert[] =>
  watched.consumers.length === 0 ? [] : [...lagAlerts(watched), ...lossAlerts(watched)]

const lagAlerts = ({ name: service }: Watched): Alert[] => {
  const lag = `min by (consumer) (${of('mesh_consumer_lag_seconds', { service })})`
  const late = {
    name: 'ConsumerLag',
    forMinutes: 5,
    summary: `Events wait {{ $value | humanizeDuration }} for ${service}.{{ $labels.consumer }}.`,
  }
  return [
    { ...late, severity: 'ticket', expr: `${lag} > 60` },
    { ...late, severity: 'page', expr: `${lag} > 600` },
    {
      name: 'DeliveriesHeld',
      severity: 'ticket',
      forMinutes: 10,
      expr: `sum by (consumer) (${of('mesh_deliveries_held', { service })}) > 0`,
      summary: `${service}.{{ $labels.consumer }} holds {{ $value }} events back: what it needs is away.`,
    },
  ]
}

const lossAlerts = ({ name: service }: Watched): Alert[] => {
  const dead = of('mesh_dead_letters_total', { service })
  const gone = of('mesh_advisories_total', { service, outcome: 'gone' })
  return [
    {
      name: 'DeadLetters',
      severity: 'ticket',
      forMinutes: 0,
      expr: `sum by (consumer, kind) (increase(${dead}[15m])) > 0`,
      summary: `${service}.{{ $labels.consumer }} gave up {{ $value | humanize }} events ({{ $labels.kind }}) in 15 minutes.`,
    },
    {
      name: 'EventsGone',
      severity: 'page',
      forMinutes: 0,
      expr: `sum(increase(${gone}[15m])) > 0`,
      summary: `The broker gave up {{ $value | humanize }} deliveries to ${service} whose events are gone from their stream.`,
    },
  ]
}

/** Of who raises events. */
export const outboxAlerts = ({ name: service, hasEvents, hasDatabase }: Watched): Alert[] => {
  if (!hasEvents || !hasDatabase) return []
  return [
    {
      name: 'OutboxOld',
      severity: 'page',
      forMinutes: 2,
      expr: `max(${of('mesh_outbox_oldest_unsent_seconds', { service })}) > 60`,
      summary: `An event of ${service} has waited {{ $value | humanizeDuration }} to be sent.`,
    },
    {
      name: 'OutboxUnled',
      severity: 'page',
      forMinutes: 2,
      expr: `sum(${of('mesh_outbox_leads', { service })}) < 1`,
      summary: `No process of ${service} sends its events.`,
    },
    {
      name: 'OutboxKeysHeld',
      severity: 'ticket',
      forMinutes: 5,
      expr: `max(${of('mesh_outbox_held_keys', { service })}) > 0`,
      summary: `The stream refuses the next event of {{ $value }} keys of ${service}, and the later ones wait.`,
    },
  ]
}

/** Of the stream of a service's events. */
export const streamAlerts = ({ name: service, hasEvents }: Watched): Alert[] =>
  hasEvents ? fullness({ service, stream: streamName(service) }) : []

/** Of the stream that belongs to nobody. */
export const deadStreamAlerts = (): Alert[] => fullness({ stream: DEAD_STREAM.name })

const fullness = (labels: { service?: string; stream: string }): Alert[] => {
  const [bytes, bytesMax] = [of('mesh_stream_bytes', labels), of('mesh_stream_bytes_max', labels)]
  const full = `max(${bytes} / (${bytesMax} > 0))`
  const filling = {
    name: 'StreamNearlyFull',
    forMinutes: 5,
    summary: `${labels.stream} is {{ $value | humanizePercentage }} full; full it takes nothing more.`,
  }
  return [
    { ...filling, severity: 'ticket', expr: `${full} > 0.75` },
    { ...filling, severity: 'page', expr: `${full} > 0.9` },
    {
      name: 'StreamUnmeasured',
      severity: 'ticket',
      forMinutes: 10,
      expr: `absent(${bytes})`,
      summary: `Nobody can tell how full ${labels.stream} is.`,
    },
  ]
}
