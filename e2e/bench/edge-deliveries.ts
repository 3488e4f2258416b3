import { OPERATOR } from '@meshboard/kit'
import type { Settings } from './bench.ts'
import { measureDeliveries, meterOf } from './deliveries.ts'
import { startEdgeMesh, tokensFor, usersOf, visitEdge } from './edge-mesh.ts'
import type { Measured } from './rounds.ts'

const AT_A_TIME = 32

/** How many users there are, and how many sockets they have together. */
interface Watching {
  users: number
  sockets: number
  inFlight: number
}

/** What an edge makes of the same load as the references. */
export const edgeDeliveries = async (
  settings: Settings,
  { users: count, sockets, inFlight }: Watching,
): Promise<Measured> => {
  const mesh = await startEdgeMesh()
  const { nats, issuer } = mesh.broker
  const users = usersOf(count)
  try {
    const tokens = await tokensFor(issuer, users)
    const visit = visitEdge(await mesh.edge.ask<number>('port'), true)
    const each = Array.from({ length: sockets }, (_, index) => tokens[index % count] ?? '')
    const delivering = {
      server: meterOf(mesh.edge),
      opening: { visit, each, atATime: AT_A_TIME },
      topics: { users, asFeed: true },
      broker: { url: nats.url, user: OPERATOR, password: nats.passwordOf(OPERATOR) },
      inFlight,
    }
    return await measureDeliveries(delivering, settings)
  } finally {
    await mesh.stop()
  }
}
