// Goal: nobody has the broker, or a service, do what he may not do himself by naming another's
// subject as the place for an answer.
// Method: a real broker and real services; as the edge and as each service, every request it may
// make with every place that matters for its answer. Then streams, durables and effects are looked at.
// Shows: N2 (part)
import { type DataOf, HEADERS, deadSubject, network, storedSubject } from '@meshboard/contracts'
import { service as earningsService } from '@meshboard/earnings'
import { newId } from '@meshboard/kit'
import { service as networkService } from '@meshboard/network'
import {
  BrokerUser,
  type Forged,
  StreamReader,
  type TestMesh,
  startTestMesh,
} from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { services } from '../src/mesh.ts'
import { ORDERS, PLACES, forgeries, requestsOf } from './forged-replies.ts'

const VICTIM = newId('user')
const accrual: DataOf<typeof network.events.uptimeAccrued> = {
  user_id: newId('user'),
  connection_id: newId('connection'),
  accrual: 1,
  online_ms: 600_000,
  network_score: 80,
  accrued_at: '2026-11-21T09:30:00.000Z',
}
const inside = services.filter(({ isolated }) => !isolated).map(({ name }) => name)

let mesh: TestMesh
let streams: StreamReader
beforeEach(async () => {
  mesh = await startTestMesh()
  streams = await StreamReader.open(mesh.nats)
})
afterEach(async () => {
  await streams.close()
  await mesh.stop()
})

const send = async (user: string, all: readonly Forged[]): Promise<void> => {
  const broker = await BrokerUser.open(mesh.nats, user)
  for (const one of all) broker.send(one)
  await broker.settled()
  await broker.close()
}

/** An event of its own that a service stores, to have the broker's receipt sent elsewhere. */
const storing = (user: string): Forged => ({ subject: `evt.${user}.forged.${VICTIM}`, data: '{}' })

test('no answer of the broker is an order to it: nothing is taken away, nothing is changed', async () => {
  for (const name of inside) await send(name, [storing(name)])
  // As many as there will be receipts with a number that might be taken for one of theirs.
  const letter = { subject: deadSubject('earnings', 'creditOnRewarded'), data: '{}' }
  await send('earnings', Array<Forged>(300).fill(letter))
  const before = await streams.inventory()
  expect(Object.keys(before).length).toBeGreaterThan(5)

  for (const name of ['edge', ...inside])
    await send(name, forgeries([...requestsOf(name), storing(name)], ORDERS))

  const after = await streams.inventory()
  for (const [stream, { made, messages }] of Object.entries(before)) {
    expect(after[stream]?.made, stream).toBe(made)
    expect(after[stream]?.messages, stream).toBeGreaterThanOrEqual(messages)
  }
})

test('what the edge asks is answered outside of the mesh: nothing of it is stored or heard there', async () => {
  await mesh.start(earningsService)
  await mesh.deliver(network.events.uptimeAccrued, accrual)
  const before = await streams.inventory()
  const operator = await BrokerUser.open(mesh.nats, 'operator')
  const heard = [await operator.listen('feed.>'), await operator.listen('_INBOX.operator.>')]

  await send('edge', forgeries(requestsOf('edge'), PLACES(VICTIM)))

  expect(await streams.inventory()).toEqual(before)
  expect(heard.flat()).toEqual([])
  await operator.close()
})

test('one edge has a feed say nothing to another that it would show', async () => {
  await mesh.start(earningsService)
  await mesh.deliver(network.events.uptimeAccrued, accrual)
  const other = await BrokerUser.open(mesh.nats, 'edge')
  const heard = await other.listen('feed.>')
  await send('edge', forgeries(requestsOf('edge'), PLACES(VICTIM)))
  await other.settled()
  const shown = heard.filter(({ subject, headers }) => isTaken(storedSubject(subject), headers))
  expect(heard.length).toBeGreaterThan(0)
  expect(shown.map(({ subject }) => subject)).toEqual([])
  await other.close()
})

test('what a service has copied into a stream by an answer has no effect, and says where it is from', async () => {
  await mesh.start(earningsService)
  await mesh.start(networkService)
  await mesh.deliver(network.events.uptimeAccrued, accrual)
  await mesh.settled()
  const before = await ledger()
  const events = await streams.read('EVT_EARNINGS')
  await new Promise((resume) => setTimeout(resume, 200))

  const places = PLACES(VICTIM).concat(PLACES(accrual.user_id))
  const quiet = places.filter((place) => !/^(redrive|rpc)\./.test(place))
  for (const name of process.env['MESH_TEST_FULL'] === '1' ? inside : ['referral'])
    await send(name, forgeries(requestsOf(name), quiet))
  await mesh.settled()

  expect(await ledger()).toEqual(before)
  const later = await streams.read('EVT_EARNINGS')
  expect(later.length, 'the broker does store them').toBeGreaterThan(events.length)
  const forVictim = later.filter(({ subject }) => subject.endsWith(VICTIM))
  expect(forVictim.filter(({ name }) => name !== '').length).toBeGreaterThan(0)
  const taken = forVictim.filter(({ subject, headers }) =>
    isTaken(subject, new Map(Object.entries(headers))),
  )
  expect(taken).toEqual([])
})

/** Whether whoever reads it takes it for the event `earnings.credited` of this subject. */
const isTaken = (
  subject: string,
  headers: { get(name: string): string | undefined } | undefined,
): boolean =>
  headers?.get(HEADERS.event) === 'earnings.credited' &&
  (headers.get(HEADERS.subject) || subject) === subject

const ledger = async (): Promise<unknown[]> => {
  const { rows } = await mesh.admin.raw<{ rows: unknown[] }>(
    'select account_id, amount_micros, balance_micros from earnings.entries order by 1, 2',
  )
  return rows
}
