import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createHashingQueue } from './hashing-queue.ts'

const never = new AbortController().signal

/** Works that end when they are told to. */
const works = () => {
  const started: (() => void)[] = []
  const work = () => new Promise<void>((end) => started.push(end))
  return { started, work }
}

test('no more run at a time than may, the others in their order', async () => {
  const queue = createHashingQueue({ runningMax: 2, waitingMax: 10 })
  const { started, work } = works()
  const ended: number[] = []
  const all = [0, 1, 2, 3].map(async (nth) => {
    await queue.run(work, never)
    ended.push(nth)
  })
  await turn()
  for (const nth of [0, 1, 2, 3]) {
    expect(started.length).toBe(Math.min(nth + 2, 4))
    started[nth]?.()
    await turn()
  }
  await Promise.all(all)
  expect(ended).toEqual([0, 1, 2, 3])
})

test('what finds the queue full is refused at once and disturbs nobody', async () => {
  const queue = createHashingQueue({ runningMax: 1, waitingMax: 1 })
  const { started, work } = works()
  const [first, second] = [queue.run(work, never), queue.run(work, never)]
  await expect(queue.run(work, never)).rejects.toMatchObject({ code: 'overloaded', retry: 'later' })
  started[0]?.()
  await first
  await turn()
  started[1]?.()
  await second
  expect(started).toHaveLength(2)
})

test('who gives up leaves the queue without having run', async () => {
  const queue = createHashingQueue({ runningMax: 1, waitingMax: 1 })
  const { started, work } = works()
  const first = queue.run(work, never)
  const impatient = new AbortController()
  const given = queue.run(work, impatient.signal)
  impatient.abort(new Error('late'))
  await expect(given).rejects.toThrow('late')
  const next = queue.run(work, never)
  started[0]?.()
  await first
  await turn()
  started[1]?.()
  await next
  expect(started).toHaveLength(2)
})

test('work that fails frees its place', async () => {
  const queue = createHashingQueue({ runningMax: 1, waitingMax: 0 })
  await expect(queue.run(() => Promise.reject(new Error('no')), never)).rejects.toThrow('no')
  expect(await queue.run(() => Promise.resolve('yes'), never)).toBe('yes')
})
