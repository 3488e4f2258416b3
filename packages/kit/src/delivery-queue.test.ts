import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Delivery } from './broker/broker.ts'
import { DeliveryQueue, type Queued } from './delivery-queue.ts'

interface Item extends Queued {
  readonly name: string
}

const itemOf = (
  name: string,
  given: { key?: string; suspect?: boolean; seq?: number; attempt?: number } = {},
) => {
  const givenBack: number[] = []
  const { seq = 1, attempt = 3 } = given
  const retry = (ms: number) => void givenBack.push(ms)
  const delivery = { retry, seq, attempt } as unknown as Delivery
  const item: Item = { name, delivery, key: given.key ?? name, suspect: given.suspect ?? false }
  return { item, givenBack }
}

const queueOf = (handle: (item: Item, attempt: number) => Promise<number | undefined>) => {
  const faults: unknown[] = []
  const queue = new DeliveryQueue<Item>({ placesMax: 2, handle, onFault: (e) => faults.push(e) })
  return { queue, faults }
}

/** A handler whose ends a test gives by name, and what runs meanwhile. */
const byHand = () => {
  const running = new Map<string, () => void>()
  const begun: string[] = []
  const handle = async ({ name }: Item): Promise<undefined> => {
    begun.push(name)
    await new Promise<void>((end) => running.set(name, end))
    running.delete(name)
    return undefined
  }
  const end = async (name: string) => {
    running.get(name)?.()
    await sleep(1)
  }
  return { handle, begun, end, running: () => [...running.keys()] }
}

test('as many run as there are places, those of a key one after the other', async () => {
  const { handle, end, running } = byHand()
  const { queue } = queueOf(handle)
  for (const name of ['a1', 'a2', 'b', 'c']) queue.add(itemOf(name, { key: name[0] ?? '' }).item)
  expect(running()).toEqual(['a1', 'b'])
  await end('b')
  expect(running()).toEqual(['a1', 'c'])
  await end('a1')
  expect(running()).toEqual(['c', 'a2'])
})

test('what is held keeps its key and takes no place', async () => {
  const seen: string[] = []
  const { queue } = queueOf(async ({ name }, attempt) => {
    seen.push(`${name}:${attempt}`)
    return name === 'a1' && attempt < 3 ? 20 : undefined
  })
  queue.add(itemOf('a1', { key: 'a' }).item)
  queue.add(itemOf('a2', { key: 'a' }).item)
  queue.add(itemOf('b').item)
  await sleep(1)
  expect(queue.held).toBe(1)
  expect(seen).toEqual(['a1:1', 'b:1'])
  await expect.poll(() => seen).toEqual(['a1:1', 'b:1', 'a1:2', 'a1:3', 'a2:1'])
})

test('a suspect begins when nothing else runs, and nothing begins beside it', async () => {
  const { handle, end, running } = byHand()
  const { queue } = queueOf(handle)
  for (const name of ['a', 'b']) queue.add(itemOf(name).item)
  queue.add(itemOf('s', { suspect: true }).item)
  queue.add(itemOf('c').item)
  await end('a')
  expect(running()).toEqual(['b'])
  await end('b')
  expect(running()).toEqual(['s'])
  queue.add(itemOf('d').item)
  expect(running()).toEqual(['s'])
  await end('s')
  expect(running()).toEqual(['c', 'd'])
})

test.each([
  { attempt: 3, order: ['s1', 's2', 's3'] },
  { attempt: 4, order: ['s3', 's2', 's1'] },
])('suspects at attempt $attempt begin in the order $order', async ({ attempt, order }) => {
  const begun: string[] = []
  const { queue } = queueOf(async ({ name }) => {
    begun.push(name)
    await sleep(1)
    return undefined
  })
  queue.add(itemOf('first').item)
  for (const seq of [2, 3, 1]) queue.add(itemOf(`s${seq}`, { suspect: true, seq, attempt }).item)
  await expect.poll(() => begun).toEqual(['first', ...order])
})

test('a suspect that does not end holds others up for a moment only', async () => {
  const { handle, running } = byHand()
  const { queue } = queueOf(handle)
  queue.add(itemOf('s', { suspect: true }).item)
  queue.add(itemOf('a').item)
  expect(running()).toEqual(['s'])
  await expect.poll(running).toEqual(['s', 'a'])
})

test('at a stop what has not begun or is held is given back, and what comes after', async () => {
  const { handle, end } = byHand()
  const { queue } = queueOf((item) =>
    item.name === 'held' ? Promise.resolve(10_000) : handle(item),
  )
  const all = ['held', 'a1', 'a2', 'b'].map((name) => itemOf(name, { key: name[0] ?? '' }))
  for (const { item } of all) queue.add(item)
  await sleep(1)
  queue.stop()
  const late = itemOf('late')
  queue.add(late.item)
  await end('a1')
  expect([...all, late].map(({ givenBack }) => givenBack.length)).toEqual([1, 0, 1, 0, 1])
})

test('a fault of the handling gives the delivery back, and the next goes on', async () => {
  const { queue, faults } = queueOf(async ({ name }) => {
    if (name === 'a1') throw new Error('a fault')
    return undefined
  })
  const first = itemOf('a1', { key: 'a' })
  queue.add(first.item)
  await sleep(1)
  expect(faults).toHaveLength(1)
  expect(first.givenBack).toHaveLength(1)
})
