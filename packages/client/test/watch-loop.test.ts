// Goal: a watch is read with `for await`, as slowly as the reader likes.
// Method: an edge that speaks the protocol and does what the test says, over real sockets.
import { expect, test } from 'vitest'
import { aClient, anEdge, credit, until } from './parts.ts'

test('a loop over a watch gets every event and closes it when it ends', async () => {
  const edge = await anEdge()
  const client = await aClient(edge)
  await client.connect()
  const watch = client.channel('earnings').watch()
  await watch.ready
  credit(edge, 1, 3)
  const amounts: string[] = []
  for await (const { data } of watch) {
    amounts.push(data.amount)
    if (amounts.length === 3) break
  }
  expect(amounts).toEqual(['1', '2', '3'])
  await until(() => edge.received('unsubscribe').length === 1)
  expect(watch.position).toMatchObject({ n: 3 })
})

test('a slow loop holds a bounded number of events and loses none', async () => {
  const edge = await anEdge()
  const client = await aClient(edge, { eventsBufferedMax: 4 })
  await client.connect()
  const watch = client.channel('earnings').watch()
  await watch.ready
  credit(edge, 1, 20)
  await until(() => edge.received('unsubscribe').length === 1)
  const amounts: string[] = []
  for await (const { data } of watch) {
    amounts.push(data.amount)
    if (amounts.length === 20) break
  }
  expect(amounts).toEqual(Array.from({ length: 20 }, (_, i) => String(i + 1)))
})
