import { type Broker, BrokerError, type Logger, createMetrics } from '@meshboard/kit'
import { expect, test } from 'vitest'
import type { StoredRow } from './outbox-publish.ts'
import { OutboxSender, WINDOW } from './outbox-sender.ts'
import { createRelayMetrics } from './relay-metrics.ts'

const rowOf = (n: number): StoredRow => ({
  id: `evt_${n}`,
  topic: 'uptime',
  key: 'usr_1',
  n: String(n),
  event: 'network.uptimeAccrued',
  headers: {},
  payload: Buffer.from('{}'),
})

/** A sender whose stores a test ends by hand. */
const senderByHand = () => {
  const stores: { id: string; end: PromiseWithResolvers<{ seq: number; duplicate: boolean }> }[] =
    []
  const store: Broker['store'] = (_stream, _subject, _data, { id }) => {
    const end = Promise.withResolvers<{ seq: number; duplicate: boolean }>()
    stores.push({ id, end })
    return end.promise
  }
  const quiet = () => undefined
  const sender = new OutboxSender({
    service: 'network',
    broker: { store, connected: true } as unknown as Broker,
    log: { info: quiet, warn: quiet, error: quiet } as unknown as Logger,
    counts: createRelayMetrics(createMetrics('test').registry),
    leads: () => true,
    wake: quiet,
  })
  return { sender, stores, asked: () => stores.map(({ id }) => id) }
}

const turn = () => new Promise((resume) => setImmediate(resume))

test('an event goes only after the one before it of its key', async () => {
  const { sender, stores, asked } = senderByHand()
  sender.send([rowOf(1), rowOf(2)])
  await turn()
  expect(asked()).toEqual(['evt_1'])
  stores[0]?.end.resolve({ seq: 1, duplicate: false })
  await turn()
  expect(asked()).toEqual(['evt_1', 'evt_2'])
  expect(sender.begin().sent).toEqual(['evt_1'])
})

test('what the stream has makes room as soon as that is noted, so that a full window never stands still', async () => {
  const { sender, stores } = senderByHand()
  sender.send([rowOf(1), rowOf(2)])
  await turn()
  expect(sender.begin().room).toBe(WINDOW - 2)
  stores[0]?.end.resolve({ seq: 1, duplicate: false })
  await turn()
  expect(sender.begin()).toMatchObject({ sent: ['evt_1'], room: WINDOW - 1 })
})

test('rows that were asked for before their key broke off are not sent', async () => {
  const { sender, stores, asked } = senderByHand()
  sender.send([rowOf(1), rowOf(2)])
  await turn()
  expect(sender.begin().inHand).toEqual(['evt_1', 'evt_2'])
  stores[0]?.end.reject(new BrokerError('refused', 'too odd'))
  await turn()
  sender.send([rowOf(3)])
  await turn()
  expect(asked()).toEqual(['evt_1'])
  expect(sender.begin().inHand).toEqual([])
})
