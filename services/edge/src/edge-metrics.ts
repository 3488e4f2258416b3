import { Counter, Gauge, type Registry } from '@prometheus-io/client'

/** What the edge counts. No label takes a value that a client can choose. */
export interface EdgeMetrics {
  readonly connections: Gauge<'door'>
  readonly subscriptions: Gauge<'channel'>
  readonly framesReceived: Counter
  readonly framesSent: Tally
  /** Once an event, however many sockets get it. */
  readonly eventsPushed: Counter<'channel'>
  readonly gaps: Counter<'reason'>
  readonly closes: Counter<'code'>
  readonly upgradesRefused: Counter<'status'>
  readonly logins: Counter<'outcome'>
  readonly replayReads: Counter
}

/** A count that is taken once a frame and socket, where a counter's own work would be felt. */
export interface Tally {
  inc(): void
}

/** Registers the edge's own measurements; `feeds` gives the number of watched subjects. */
export const createEdgeMetrics = (registry: Registry, feeds: () => number): EdgeMetrics => {
  const registers = [registry]
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge({ name, help, labelNames, registers })
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name, help, labelNames, registers })
  new Gauge({
    name: 'edge_feeds',
    help: 'Subjects watched at the broker.',
    registers,
    collect() {
      this.set(feeds())
    },
  })
  return {
    connections: gauge('edge_connections', 'Open sockets.', ['door']),
    subscriptions: gauge('edge_subscriptions', 'Subscriptions of sockets.', ['channel']),
    framesReceived: counter('edge_frames_received_total', 'Frames from clients.'),
    framesSent: tally(registry, 'edge_frames_sent_total', 'Frames to clients, events included.'),
    eventsPushed: counter('edge_events_pushed_total', 'Events passed on to watchers.', ['channel']),
    gaps: counter('edge_gaps_total', 'Gaps that clients were told of.', ['reason']),
    closes: counter('edge_closes_total', 'Sockets closed.', ['code']),
    upgradesRefused: counter('edge_upgrades_refused_total', 'Upgrades refused.', ['status']),
    logins: counter('edge_logins_total', 'Logins tried.', ['outcome']),
    replayReads: counter('edge_replay_reads_total', 'Reads of stored events.'),
  }
}

const tally = (...[registry, name, help]: [Registry, string, string]): Tally => {
  let uncollected = 0
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.inc(uncollected)
      uncollected = 0
    },
  })
  return { inc: () => void (uncollected += 1) }
}

const USUAL_CODES: ReadonlySet<number> = new Set([1000, 1001, 1002, 1005, 1006, 1007, 1009])

/** A client's own close code, where it is one of the usual: a label takes no value of its making. */
export const closeLabel = (code: number): number | 'other' =>
  USUAL_CODES.has(code) ? code : 'other'
