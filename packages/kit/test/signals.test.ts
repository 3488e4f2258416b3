// Goal: a signal is heard by who listens now and may, and never fails who says it.
// Method: a real broker with the generated permissions; network and edge by their own users.
import { type Signal, network, notification, signal, signalSubjects } from '@meshboard/contracts'
import { type Message, createSignals, newId } from '../src/index.ts'
import { type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startTestMesh()
})
afterAll(() => mesh.stop())

const { sampled } = network.signals
const data = {
  timestamp: '2026-11-21T09:00:00.000Z',
  path_id: newId('connection'),
  metrics: { latency_ms: 1, jitter_ms: 0, packet_loss_pct: 0, score: 100 },
}

/** Says signals as a service, and keeps what was logged as an error. */
const speaker = async (service: string) => {
  const faults: string[] = []
  const error = ({ err }: { err: Error }) => void faults.push(err.message)
  const send = createSignals({
    service,
    broker: await mesh.brokerOf(service),
    log: { error } as never,
  })
  return { send, faults }
}

const listen = async (service: string) => {
  const heard: Message[] = []
  const broker = await mesh.brokerOf(service)
  await broker.subscribe(signalSubjects('network', 'sampled'), (message) => heard.push(message))
  return heard
}

test('it is heard under its key, with its name and filters as headers', async () => {
  const heard = await listen('edge')
  const { send, faults } = await speaker('network')
  const key = newId('user')
  send(sampled, { key, data })
  const [message] = await until(() => heard.length > 0 && heard)
  expect(message?.subject).toBe(`sig.network.sampled.${key}`)
  expect(message?.headers).toMatchObject({
    'mesh-event': 'network.sampled',
    'mesh-filter-path_id': data.path_id,
  })
  expect(JSON.parse(Buffer.from(message?.data ?? []).toString())).toEqual(data)
  expect(faults).toEqual([])
})

test('one against its contract, of another service, or under an odd key is logged and not sent', async () => {
  const heard = await listen('edge')
  const { send, faults } = await speaker('network')
  send(sampled, { key: newId('user'), data: { ...data, path_id: 'odd' } })
  send(sampled, { key: 'a.b', data })
  const foreign: Signal = signal({ ...sampled, name: 'earnings.sampled', filters: ['path_id'] })
  send(foreign, { key: newId('user'), data })
  expect(faults).toHaveLength(3)
  send(sampled, { key: newId('user'), data })
  await until(() => heard.length > 0)
  expect(heard).toHaveLength(1)
})

test('no other service may say it', async () => {
  expect(Object.keys(notification.signals)).toEqual([])
  const heard = await listen('edge')
  const broker = await mesh.brokerOf('earnings')
  broker.publish(`sig.network.sampled.${newId('user')}`, new Uint8Array())
  const { send } = await speaker('network')
  send(sampled, { key: newId('user'), data })
  await until(() => heard.length > 0)
  expect(heard).toHaveLength(1)
  expect(heard[0]?.data.length).toBeGreaterThan(0)
})
