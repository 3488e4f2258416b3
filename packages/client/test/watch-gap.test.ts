// Goal: what a watch has missed is fetched, or told; never passed over.
// Method: an edge that speaks the protocol and does what the test says, over real sockets.
import { expect, test } from 'vitest'
import { credit, next, until, watching } from './parts.ts'

test('a hole in the numbers is filled before the watch goes on', async () => {
  const { edge, amounts, gaps, watch } = await watching()
  await watch.ready
  credit(edge, 1)
  edge.publish('earnings', { amount: '2' }, { lost: true })
  credit(edge, 3, 4)
  await until(() => amounts.length === 4)
  expect(amounts).toEqual(['1', '2', '3', '4'])
  expect(gaps).toEqual([])
})

test('a hole the edge cannot fill is told as a gap', async () => {
  const { edge, amounts, gaps, watch } = await watching()
  await watch.ready
  credit(edge, 1)
  await until(() => amounts.length === 1)
  edge.publish('earnings', { amount: '2' }, { lost: true })
  edge.stream('earnings').answer = () => ({ resumed: true, replayed: 0, frames: [] })
  credit(edge, 3)
  await until(() => edge.received('subscribe').length === 2)
  credit(edge, 4)
  await until(() => amounts.length === 2)
  expect(amounts).toEqual(['1', '4'])
  expect(gaps).toMatchObject([{ from: 2, to: 3, reason: 'unknown' }])
})

test('what has expired is told as a gap and the watch goes on after it', async () => {
  const { edge, client, amounts, gaps, watch } = await watching()
  await watch.ready
  credit(edge, 1)
  await until(() => amounts.length === 1)
  const gap = next(client, 'gap')
  await edge.stop()
  credit(edge, 2, 4)
  edge.stream('earnings').expire(3)
  await edge.start()
  expect(await gap).toMatchObject({ channel: 'earnings', from: 2, to: 3, reason: 'expired' })
  await until(() => amounts.length === 2)
  expect(amounts).toEqual(['1', '4'])
  expect(gaps).toHaveLength(1)
})

test('a stream made anew is told as a gap once and followed from then on', async () => {
  const { edge, client, amounts, gaps, watch } = await watching({ seq: 70, n: 7, epoch: 'zzzz' })
  await watch.ready
  await until(() => gaps.length === 1)
  expect(gaps).toMatchObject([{ reason: 'epoch' }])
  expect(watch.position).toEqual({ seq: 0, n: 0, epoch: 'aaaa' })
  const resumed = next(client, 'resumed')
  edge.session.cut()
  await resumed
  credit(edge, 1)
  await until(() => amounts.length === 1)
  expect(gaps).toHaveLength(1)
})
