import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client'
import type { Credentials } from './login.ts'

/** What the edge counts. No label takes a value that a client can choose. */
export interface EdgeMetrics {
  readonly connections: Gauge<'door'>
  readonly subscriptions: Gauge<'channel'>
  readonly framesReceived: Counter
  readonly framesSent: Tally
  /** Once an event, however many sockets get it. */
  readonly eventsPushed: Counter<'channel'>
  /** Once an event and watcher. */
  readonly eventsWatched: Counter<'channel'>
  /** From the stream to those who watch, seconds. */
  readonly deliveryLag: Histogram
  readonly gaps: Counter<'reason'>
  readonly repairs: Counter
  readonly mismatches: Counter
  readonly resumes: Counter<'outcome'>
  readonly resumeDuration: Histogram
  readonly closes: Counter<'code'>
  readonly goingAway: Counter
  readonly upgradesAccepted: Counter<'door'>
  readonly upgradesRefused: Counter<'status'>
  readonly logins: Counter<'outcome'>
  readonly loginDuration: Histogram<'kind'>
  readonly refusals: Counter<'code'>
  readonly pingDuration: Histogram
  readonly replayReads: Counter
  readonly readsInFlight: Gauge
  readonly eventsReplayed: Counter
}

/** A count that is taken once a frame and socket, where a counter's own work would be felt. */
export interface Tally {
  inc(): void
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const LOGIN_KINDS: readonly Credentials['kind'][] = ['token', 'ticket', 'challenge', 'signed_time']

/** Registers the edge's own measurements. */
export const createEdgeMetrics = (registry: Registry): EdgeMetrics => {
  const made = makersIn(registry)
  return { ...ofSockets(made), ...ofFeeds(made) }
}

const makersIn = (registry: Registry) => {
  const registers = [registry]
  return {
    gauge: <L extends string>(name: string, help: string, labelNames: L[] = []) =>
      new Gauge({ name, help, labelNames, registers }),
    counter: <L extends string>(name: string, help: string, labelNames: L[] = []) =>
      new Counter({ name, help, labelNames, registers }),
    seconds: <L extends string>(name: string, help: string, labelNames: L[] = []) =>
      new Histogram({ name, help, labelNames, buckets: SECONDS, registers }),
    tally: (name: string, help: string): Tally => {
      let uncollected = 0
      new Counter({
        ...{ name, help, registers },
        collect() {
          this.inc(uncollected)
          uncollected = 0
        },
      })
      return { inc: () => void (uncollected += 1) }
    },
  }
}

type Makers = ReturnType<typeof makersIn>

const ofSockets = ({ gauge, counter, seconds, tally }: Makers) => {
  const loginDuration = seconds('edge_login_duration_seconds', 'Logins, judged.', ['kind'])
  for (const kind of LOGIN_KINDS) loginDuration.zero({ kind })
  return {
    connections: gauge('edge_connections', 'Open sockets.', ['door']),
    framesReceived: counter('edge_frames_received_total', 'Frames from clients.'),
    framesSent: tally('edge_frames_sent_total', 'Frames to clients, events included.'),
    refusals: counter('edge_refusals_total', 'Frames answered with an error.', ['code']),
    upgradesAccepted: counter('edge_upgrades_accepted_total', 'Upgrades accepted.', ['door']),
    upgradesRefused: counter('edge_upgrades_refused_total', 'Upgrades refused.', ['status']),
    logins: counter('edge_logins_total', 'Logins tried.', ['outcome']),
    pingDuration: seconds('edge_ping_rtt_seconds', 'From a ping to its answer.'),
    goingAway: counter('edge_going_away_total', 'Sockets asked to move on.'),
    closes: counter('edge_closes_total', 'Sockets closed.', ['code']),
    loginDuration,
  }
}

const ofFeeds = ({ gauge, counter, seconds }: Makers) => ({
  subscriptions: gauge('edge_subscriptions', 'Subscriptions of sockets.', ['channel']),
  eventsPushed: counter('edge_events_pushed_total', 'Events passed on to watchers.', ['channel']),
  eventsWatched: counter('edge_event_watchers_total', 'Watchers of those events.', ['channel']),
  deliveryLag: seconds('edge_delivery_lag_seconds', 'From the stream to the watchers.'),
  gaps: counter('edge_gaps_total', 'Gaps that clients were told of.', ['reason']),
  repairs: counter('edge_repairs_total', 'Holes in a feed that were read from the stream.'),
  mismatches: counter('edge_position_mismatches_total', 'Feeds found behind their stream.'),
  resumes: counter('edge_resumes_total', 'Subscriptions resumed.', ['outcome']),
  resumeDuration: seconds('edge_resume_duration_seconds', 'Resumes, until caught up.'),
  replayReads: counter('edge_replay_reads_total', 'Reads of stored events.'),
  readsInFlight: gauge('edge_replay_reads_in_flight', 'Reads of stored events under way.'),
  eventsReplayed: counter('edge_replay_events_total', 'Stored events that were read.'),
})

/** What is looked at when somebody asks. */
export interface Looked {
  /** Number of watched subjects. */
  readonly feeds: () => number
  readonly canaryAgeMs: () => number
  readonly sentBytes: () => number
  readonly receivedBytes: () => number
}

/** Registers what is measured only when somebody asks. */
export const registerLooked = (registry: Registry, looked: Looked): void => {
  const registers = [registry]
  const gauge = (name: string, help: string, look: () => number) =>
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(look())
      },
    })
  const counter = (name: string, help: string, look: () => number) =>
    new Counter({
      ...{ name, help, registers },
      collect() {
        this.reset()
        this.inc(look())
      },
    })
  gauge('edge_feeds', 'Subjects watched at the broker.', looked.feeds)
  const age = () => looked.canaryAgeMs() / 1_000
  gauge('edge_canary_age_seconds', 'Age of the newest canary that came back.', age)
  counter('edge_sent_bytes_total', 'Bytes given to sockets.', looked.sentBytes)
  counter('edge_received_bytes_total', 'Bytes read from sockets.', looked.receivedBytes)
}

const USUAL_CODES: ReadonlySet<number> = new Set([1000, 1001, 1002, 1005, 1006, 1007, 1008, 1009])

/** A client's own close code, where it is one of the usual: a label takes no value of its making. */
export const closeLabel = (code: number): number | 'other' =>
  USUAL_CODES.has(code) ? code : 'other'
