// Goal: an event that cannot be handled ends in the dead letters with its reason, and holds up nobody else.
// Method: the real kit and broker; poison of every kind among events that are well.
// Shows: M6, M10
import { DEAD_STREAM, HEADERS, earnings, eventSubject, streamName } from '@meshboard/contracts'
import { StreamReader, type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newId } from '../src/index.ts'
import { creditIn, creditOf, isFull, storeCredits } from './credits.ts'
import { fakeNetwork } from './fake-network.ts'

const OF_EACH = isFull ? 100 : 6
const THROWS = '2.000000'
const HANGS = '3.000000'
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

const users = (count: number) => Array.from({ length: count }, () => newId('user'))

const lettersOf = async (kind: string) => {
  const letters = await streams.read(DEAD_STREAM.name)
  return letters.filter(({ headers }) => headers['mesh-dead-kind'] === kind)
}

/** Stored as it is, whatever it is. */
const storeRaw = async (data: Uint8Array) => {
  const broker = await mesh.brokerOf('earnings')
  const subject = eventSubject('earnings', 'ledger', newId('user'))
  await broker.store(streamName('earnings'), subject, data, {
    id: newId('event'),
    headers: { [HEADERS.event]: earnings.events.credited.name, [HEADERS.n]: '1' },
    deadline: Date.now() + 5_000,
  })
}

test('poison of every kind is a dead letter with its reason, and its neighbours go on meanwhile', async () => {
  const wellAt: number[] = []
  const runs = new Map<string, number>()
  const handle = async (received: Parameters<typeof creditIn>[0]) => {
    const { amount } = creditIn(received)
    runs.set(received.id, (runs.get(received.id) ?? 0) + 1)
    if (amount === THROWS) throw new Error('does not add up')
    if (amount === HANGS) await new Promise(() => undefined)
    wellAt.push(Date.now())
  }
  await storeCredits(
    mesh,
    users(OF_EACH).map((user) => creditOf(user, THROWS)),
  )
  const hanging = await storeCredits(
    mesh,
    users(OF_EACH).map((user) => creditOf(user, HANGS)),
  )
  for (let i = 0; i < OF_EACH; i += 1) await storeRaw(Buffer.from('{"user_id": no json'))
  await storeCredits(
    mesh,
    users(OF_EACH).map((user) => creditOf(user)),
    () => ({
      name: 'earnings.v2.credited',
    }),
  )
  await storeCredits(
    mesh,
    users(5 * OF_EACH).map((user) => creditOf(user)),
  )
  await mesh.start(fakeNetwork({ handle }), {
    DELIVERY_ATTEMPTS_MAX: '2',
    DELIVERY_TIMEOUT_MS: '500',
    DELIVERIES_IN_FLIGHT_MAX: String(2 * OF_EACH),
  })
  await mesh.settled()
  const exhausted = await lettersOf('exhausted')
  const reasons = exhausted.map(({ headers }) => headers['mesh-dead-reason'])
  expect(reasons.filter((reason) => reason === 'does not add up')).toHaveLength(OF_EACH)
  expect(
    reasons.filter((reason) => /not ended|not handled within/.test(reason ?? '')),
  ).toHaveLength(OF_EACH)
  const undecodable = await lettersOf('undecodable')
  const why = undecodable.map(({ headers }) => headers['mesh-dead-reason'] ?? '')
  expect(why.filter((one) => one.startsWith('not what the contract says'))).toHaveLength(OF_EACH)
  expect(why.filter((one) => one.includes('major version'))).toHaveLength(OF_EACH)
  expect(wellAt).toHaveLength(5 * OF_EACH)
  const firstGivenUp = Math.min(
    ...exhausted.map(({ headers }) => Date.parse(headers['mesh-dead-time'] ?? '')),
  )
  expect(Math.max(...wellAt)).toBeLessThan(firstGivenUp)
  expect(hanging.map((id) => runs.get(id))).toEqual(hanging.map(() => 1))
})

test('a handler that is told of its time-out may end, and the event is tried again', async () => {
  const given: string[] = []
  await mesh.start(
    fakeNetwork({
      handle: ({ signal }) =>
        new Promise((resolve, reject) => {
          if (given.length > 0) return resolve()
          signal.addEventListener('abort', () => {
            given.push('up')
            reject(new Error('given up'))
          })
        }),
    }),
    { DELIVERY_TIMEOUT_MS: '200' },
  )
  await mesh.deliver(earnings.events.credited, creditOf(newId('user')))
  expect(given).toEqual(['up'])
  expect(await streams.read(DEAD_STREAM.name)).toEqual([])
})

test('fields that a newer contract adds are passed over', async () => {
  const seen: unknown[] = []
  await mesh.start(fakeNetwork({ handle: async ({ data }) => void seen.push(data) }))
  const credit = creditOf(newId('user'))
  await mesh.deliver(earnings.events.credited, { ...credit, currency: 'points' } as typeof credit)
  expect(seen).toEqual([credit])
})

test('a dead letter that cannot be stored stays with its consumer until it can', async () => {
  let handled = 0
  const running = await mesh.start(
    fakeNetwork({
      handle: async () => {
        handled += 1
        if (handled === 1) await mesh.nats.kill()
        throw new Error('does not add up')
      },
    }),
    { DELIVERY_ATTEMPTS_MAX: '1' },
  )
  const id = await mesh.store(earnings.events.credited, creditOf(newId('user')))
  await until(() => !running.runtime.broker.connected)
  await mesh.nats.restart()
  await mesh.settled()
  // A broker that was killed may have forgotten that it delivered, and then does so again.
  const ids = (await lettersOf('exhausted')).map(({ headers }) => headers['mesh-dead-id'])
  expect(new Set(ids)).toEqual(new Set([id]))
})

test('a dead letter holds its event, and says who had it, why, and in which trace', async () => {
  await mesh.start(fakeNetwork({ handle: () => Promise.reject(new Error('line one\nline two')) }), {
    DELIVERY_ATTEMPTS_MAX: '1',
  })
  const user = newId('user')
  const credit = creditOf(user)
  await mesh.deliver(earnings.events.credited, credit)
  const [letter] = await streams.read(DEAD_STREAM.name)
  expect(letter?.headers).toMatchObject({
    'mesh-event': 'earnings.credited',
    'mesh-dead-reason': 'line one line two',
    'mesh-dead-stream': 'EVT_EARNINGS',
    'mesh-dead-seq': '1',
    'mesh-dead-subject': `evt.earnings.ledger.${user}`,
    'mesh-dead-service': 'network',
    'mesh-dead-consumer': 'addPointsOnCredited',
  })
  expect(letter?.headers['mesh-dead-trace']).toMatch(/^[0-9a-f]{32}$/)
  expect(letter?.data).toEqual(credit)
})
