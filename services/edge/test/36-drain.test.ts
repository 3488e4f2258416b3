// Goal: when an edge of many sockets stops, no client is without one for a moment, and none misses an
// event.
// Method: two edges behind a front, clients of the SDK; which users have an open socket is looked at
// every few milliseconds.
import { type Client, createClient } from '@meshboard/client'
import { processEnvironment, startService } from '@meshboard/kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Deps } from '../src/deps.ts'
import { service as edge } from '../src/index.ts'
import { EdgeMesh } from './harness.ts'
import { inTurns } from './in-turns.ts'
import { type PortFront, startFront } from './port-front.ts'
import { until } from './until.ts'

const SOCKETS = processEnvironment()['MESH_TEST_FULL'] === '1' ? 500 : 150
const SECRET = { EDGE_TICKET_SECRET: 'shared' }

interface Guest {
  readonly userId: string
  readonly client: Client
  readonly shown: number[]
  lost: number
}

let mesh: EdgeMesh
let other: Awaited<ReturnType<typeof startService>>
let front: PortFront
const guests: Guest[] = []

beforeAll(async () => {
  mesh = await EdgeMesh.start({ ...SECRET, EDGE_DRAIN_MS: '10000' })
  const beside = { ...mesh.environmentOf('edge'), EDGE_PORT: '0', EDGE_DRAIN_MS: '0', ...SECRET }
  other = await startService(edge, beside)
  front = await startFront(mesh.deps.port)
  await inTurns(Array.from({ length: SOCKETS }), { width: 50, each: arrive })
}, 60_000)
afterAll(async () => {
  for (const { client } of guests) client.close()
  await front.stop()
  await other.stop()
  await mesh.stop()
})

const arrive = async (): Promise<void> => {
  const { userId } = mesh.auth.enroll()
  const token = mesh.auth.token(userId)
  const url = `ws://127.0.0.1:${front.port}/ws/v1`
  const client = createClient({ url, credentials: { token: () => token } })
  const guest: Guest = { userId, client, shown: [], lost: 0 }
  client.on('degraded', () => (guest.lost += 1))
  await client.connect()
  await client
    .channel('earnings')
    .watch({ onEvent: ({ position }) => guest.shown.push(position.n) }).ready
  guests.push(guest)
}

/** Users with a socket on which they are signed in. */
const present = (): Set<string | undefined> =>
  new Set(
    [mesh.deps, other.deps as Deps].flatMap(({ connections }) =>
      [...connections].filter(({ isClosed }) => !isClosed).map(({ login }) => login.userId),
    ),
  )

test(`of ${SOCKETS} sockets that have to move, none is missed for a moment`, async () => {
  expect(present().size).toBe(SOCKETS)
  const ledgers = await Promise.all(guests.map(({ userId }) => mesh.ledger(userId)))
  front.to = (other.deps as Deps).port
  const absent = new Set<string>()
  const looking = setInterval(() => {
    const here = present()
    for (const { userId } of guests) if (!here.has(userId)) absent.add(userId)
  }, 5)
  const stopping = mesh.stopService('edge')
  await inTurns(ledgers, { width: 20, each: async (ledger) => void (await ledger.credit()) })
  await stopping
  clearInterval(looking)
  expect([...absent]).toEqual([])
  expect((other.deps as Deps).connections.size).toBe(SOCKETS)
  expect(guests.filter(({ lost }) => lost > 0)).toEqual([])
  await until(() => guests.every(({ shown }) => shown.length > 0), 10_000)
  for (const { shown } of guests) expect(shown).toEqual([1])
}, 60_000)
