import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Link } from './link.ts'
import type { Outgoing } from './outgoing.ts'
import type { Replies } from './replies.ts'
import type { Subscriptions } from './subscriptions.ts'

/**
 * Clients of one server do not all leave it in the same moment: a service whose copies are all there
 * would be nowhere meanwhile. Well within the ten seconds that a server leaves them by default.
 */
const JITTER_MS = 2_000
/** How long answers that are still due are waited for, and how often is looked. */
const QUIET_MS = 500
const LOOK_MS = 10

/** What a connection carries. */
export interface Carried {
  readonly link: Link
  readonly outgoing: Outgoing
  readonly replies: Replies
  readonly subscriptions: Subscriptions
}

/**
 * Leaves a server that is going to end, in order: takes no more calls, makes none, waits a moment for
 * the answers that are due, hands over what is written, and connects to another.
 */
export const moveAway = async (
  connection: NatsConnection,
  { link, outgoing, replies, subscriptions }: Carried,
): Promise<void> => {
  await sleep(Math.random() * JITTER_MS, undefined, { ref: false })
  if (!link.open) return
  link.leave()
  await subscriptions.leave()
  const until = Date.now() + QUIET_MS
  while (link.connected && !replies.isQuiet && Date.now() < until) await sleep(LOOK_MS)
  if (!link.connected) return
  outgoing.flush()
  outgoing.hold()
  await connection.flush().catch(() => undefined)
  await connection.reconnect()
}
