// Goal: a dead letter that is given to its consumer again has its effect once, and a replay only where it may.
// Method: the test plays earnings and the operator's tool; dead letters are given again as that does.
// Shows: M8
import { DEAD_STREAM, earnings } from '@meshboard/contracts'
import { OPERATOR, encodeJson, newId } from '@meshboard/kit'
import {
  type StoredEvent,
  StreamReader,
  type TestMesh,
  redrive,
  replay,
  startTestMesh,
} from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { effectsIn, makeEffects, noting } from './effects.ts'
import { creditOf, fakeNetwork, isFull } from './fake-network.ts'

const { credited } = earnings.events
const EVENTS = isFull ? 200 : 20
let mesh: TestMesh
let streams: StreamReader
let isBroken: boolean

beforeEach(async () => {
  mesh = await startTestMesh()
  streams = await StreamReader.open(mesh.nats)
  await makeEffects(mesh)
  await mesh.brokerOf('earnings')
  isBroken = true
})
afterEach(async () => {
  await streams.close()
  await mesh.stop()
})

const startConsumer = (replayable = false) => {
  const fail = () => (isBroken ? Promise.reject(new Error('a bug')) : Promise.resolve())
  const consumers = [noting(fail, replayable)]
  return mesh.start(fakeNetwork({ consumers }), { DELIVERY_ATTEMPTS_MAX: '1' })
}

const letters = () => streams.read(DEAD_STREAM.name)

const PLACE = { service: 'network', consumer: 'addPointsOnCredited' }

/** Takes a letter out of the dead letters, as the tool does once it is redriven. */
const discard = async ({ seq }: StoredEvent) => {
  const broker = await mesh.brokerOf(OPERATOR)
  const subject = `$JS.API.STREAM.MSG.DELETE.${DEAD_STREAM.name}`
  await broker.request(subject, encodeJson({ seq }), { deadline: Date.now() + 5_000 })
}

test('dead letters that are redriven twice have one effect each, and none is left', async () => {
  await startConsumer()
  const stored = Array.from({ length: EVENTS }, () => mesh.store(credited, creditOf(newId('user'))))
  const ids = await Promise.all(stored)
  await mesh.settled()
  const dead = await letters()
  expect(dead).toHaveLength(EVENTS)
  isBroken = false
  for (const letter of [...dead, ...dead]) await redrive(mesh, PLACE, letter)
  for (const letter of dead) await discard(letter)
  await mesh.settled()
  expect((await effectsIn(mesh)).toSorted()).toEqual(ids.toSorted())
  expect(await letters()).toEqual([])
})

test('a redriven event that fails again is among the dead letters again, with the id and subject it had', async () => {
  await startConsumer()
  const user = newId('user')
  const id = await mesh.deliver(credited, creditOf(user))
  const [first] = await letters()
  if (first) await redrive(mesh, PLACE, first)
  await mesh.settled()
  const [, second] = await letters()
  expect(second?.headers).toMatchObject({
    'mesh-dead-id': id,
    'mesh-dead-subject': `evt.earnings.ledger.${user}`,
    'mesh-dead-stream': 'REDRIVE',
    'mesh-dead-reason': 'a bug',
  })
  expect(second?.data).toEqual(first?.data)
})

const replayFirst = async () => {
  const [event] = await streams.read('EVT_EARNINGS')
  if (event) await replay(mesh, PLACE, event)
  await mesh.settled()
}

test('a replayed event is handled again where that comes to the same', async () => {
  isBroken = false
  await startConsumer(true)
  const id = await mesh.deliver(credited, creditOf(newId('user')))
  await replayFirst()
  expect(await effectsIn(mesh)).toEqual([id, id])
})

test('a replayed event is a dead letter where an effect may be taken once only', async () => {
  isBroken = false
  await startConsumer()
  const id = await mesh.deliver(credited, creditOf(newId('user')))
  await replayFirst()
  expect(await effectsIn(mesh)).toEqual([id])
  expect((await letters()).map(({ headers }) => headers['mesh-dead-reason'])).toEqual([
    'addPointsOnCredited may not see an event a second time',
  ])
})
