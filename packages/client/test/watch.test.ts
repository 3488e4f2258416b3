// Goal: a watch hears each event once and in order, over lost connections.
// Method: an edge that speaks the protocol and does what the test says, over real sockets.
import { failure } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { aClient, anEdge, credit, next, until, watching } from './parts.ts'

test('a watch hears what happens from now on, with its position', async () => {
  const { edge, amounts, watch } = await watching()
  await watch.ready
  expect(watch.position).toEqual({ seq: 0, n: 0, epoch: 'aaaa' })
  credit(edge, 1, 2)
  await until(() => amounts.length === 2)
  expect(amounts).toEqual(['1', '2'])
  expect(watch.position).toEqual({ seq: 20, n: 2, epoch: 'aaaa' })
})

test('a watch resumed by its position gets exactly what it missed', async () => {
  const { edge, client, amounts, watch } = await watching()
  await watch.ready
  credit(edge, 1, 2)
  await until(() => amounts.length === 2)
  const resumed = next(client, 'resumed')
  await edge.stop()
  credit(edge, 3, 5)
  await edge.start()
  expect(await resumed).toEqual({ cause: 'connection' })
  credit(edge, 6)
  await until(() => amounts.length === 6)
  expect(amounts).toEqual(['1', '2', '3', '4', '5', '6'])
  expect(edge.received('subscribe')[1]?.since).toEqual({ seq: 20, n: 2, epoch: 'aaaa' })
})

test('all watches resume in one message', async () => {
  const { edge, client, watch } = await watching()
  await watch.ready
  await client.channel('network').watch({ onEvent: () => {} }).ready
  const resumed = next(client, 'resumed')
  edge.session.cut()
  await resumed
  const batch = edge.messages.at(-1)?.map((frame) => 'channel' in frame && frame.channel)
  expect(batch).toEqual(['earnings', 'network'])
})

test('an event that comes twice is heard once', async () => {
  const { edge, amounts, watch } = await watching()
  await watch.ready
  const frame = edge.stream('earnings').add('credited', { amount: '1' })
  edge.session.send([frame, frame])
  credit(edge, 2)
  await until(() => amounts.length === 2)
  expect(amounts).toEqual(['1', '2'])
})

test('a watch begins after a stored position', async () => {
  const edge = await anEdge()
  credit(edge, 1, 3)
  const client = await aClient(edge)
  const amounts: string[] = []
  client.channel('earnings').watch({
    since: { seq: 10, n: 1, epoch: 'aaaa' },
    onEvent: ({ data }) => amounts.push(data.amount),
  })
  await client.connect()
  await until(() => amounts.length === 2)
  expect(amounts).toEqual(['2', '3'])
})

test('a watch begins with the last few', async () => {
  const edge = await anEdge()
  credit(edge, 1, 5)
  const client = await aClient(edge)
  await client.connect()
  const amounts: string[] = []
  client
    .channel('earnings')
    .watch({ since: { last: 2 }, onEvent: ({ data }) => amounts.push(data.amount) })
  await until(() => amounts.length === 2)
  expect(amounts).toEqual(['4', '5'])
})

test('a state channel may jump and comes with its snapshot', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  await client.connect()
  const scores: number[] = []
  const snapshots: number[] = []
  const watch = client.channel('network').watch({
    onEvent: ({ event, data }) => {
      if (event === 'scoreChanged') scores.push(data.network_score)
    },
    onSnapshot: ({ connections }) => snapshots.push(connections.length),
  })
  await watch.ready
  const data = { connections: [] }
  edge.session.send({ type: 'snapshot', channel: 'network', seq: 0, data, more: false })
  edge.publish('network', { network_score: 1 }, { event: 'scoreChanged', lost: true })
  edge.publish('network', { network_score: 2 }, { event: 'scoreChanged' })
  await until(() => scores.length === 1)
  expect(scores).toEqual([2])
  expect(snapshots).toEqual([0])
  expect(edge.received('subscribe')).toHaveLength(1)
})

test('a watch the edge refuses ends with that failure', async () => {
  const edge = await anEdge()
  edge.refusals.push(failure('forbidden'))
  const client = await aClient(edge)
  await client.connect()
  const watch = client.channel('earnings').watch()
  await expect(watch.ready).rejects.toMatchObject({ code: 'forbidden' })
  await expect(watch[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'forbidden' })
})

test('a watch refused for now is asked for again', async () => {
  const edge = await anEdge()
  edge.refusals.push(failure('unavailable', { retryAfterMs: 10 }))
  const client = await aClient(edge)
  await client.connect()
  await client.channel('earnings').watch({ onEvent: () => {} }).ready
  expect(edge.received('subscribe')).toHaveLength(2)
})

test('a watch the edge ends tells why', async () => {
  const { edge, client, watch } = await watching()
  await watch.ready
  watch.close()
  const end = Promise.withResolvers<string>()
  const again = client
    .channel('earnings')
    .watch({ onEvent: () => {}, onEnd: ({ message }) => end.resolve(message) })
  await again.ready
  edge.session.send({ type: 'unsubscribed', channel: 'earnings', reason: 'role taken' })
  expect(await end.promise).toBe('The edge ended the watch: role taken.')
})

test('one client watches a channel once at a time', async () => {
  const { client } = await watching()
  expect(() => client.channel('earnings').watch()).toThrow('already')
})

test('a closed watch hears nothing more', async () => {
  const { edge, amounts, watch } = await watching()
  await watch.ready
  watch.close()
  credit(edge, 1)
  await until(() => edge.received('unsubscribe').length === 1)
  expect(amounts).toEqual([])
})
