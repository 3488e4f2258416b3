import { defineConfig, integer } from '@meshboard/kit'

const HOUR_MS = 60 * 60 * 1000

/** How many processes an edge is, and when one of them is taken for unable to serve. */
export const processSettings = defineConfig({
  processes: integer({
    env: 'EDGE_PROCESSES',
    meaning:
      'Processes that share the port of the doors, each with a core, a broker connection and the limits of a process for itself; 1: this one alone.',
    default: 1,
    min: 1,
    max: 64,
  }),
  process: integer({
    env: 'EDGE_PROCESS',
    meaning: 'Which of them this one is, from 1; set by who starts it. 0: the only one.',
    default: 0,
    min: 0,
    max: 64,
  }),
  canaryIntervalMs: integer({
    env: 'EDGE_CANARY_INTERVAL_MS',
    meaning: 'Time between messages that a process sends itself on the way of the feeds.',
    default: 1_000,
    min: 10,
    max: 60_000,
  }),
  canaryTimeoutMs: integer({
    env: 'EDGE_CANARY_TIMEOUT_MS',
    meaning:
      'How long none of them may have come back; then `/readyz` says not ready, and sockets stay. More than the interval, or it never is.',
    default: 3_000,
    min: 20,
    max: 10 * 60_000,
  }),
  stalledMsMax: integer({
    env: 'EDGE_STALLED_MS_MAX',
    meaning:
      'How long the event loop may be blocked, or be later than EVENT_LOOP_LAG_MAX_MS turn after turn; then `/livez` says not alive.',
    default: 10_000,
    min: 100,
    max: HOUR_MS,
  }),
})
