// Goal: who gets a place, who waits and who is refused.
// Method: the queue alone, with items that a test begins and ends by hand.
// Shows: O2
import type { Priority } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { BoundedQueue } from './bounded-queue.ts'

const item = (priority: Priority, name: string) => ({ priority, name })
type Item = ReturnType<typeof item>

const queueOf = (placesMax: number, waitingMax: number) => {
  const begun: string[] = []
  const queue = new BoundedQueue<Item>({ placesMax, waitingMax }, ({ name }) => begun.push(name))
  return { queue, begun }
}

test('a fifth of the places is kept for the critical', () => {
  const { queue, begun } = queueOf(5, 10)
  for (const name of ['a', 'b', 'c', 'd', 'e']) queue.offer(item('normal', name))
  queue.offer(item('critical', 'heartbeat'))
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'heartbeat'])
  expect(queue.waiting).toBe(1)
})

test('the critical go first, then the normal, each in the order they came', () => {
  const { queue, begun } = queueOf(1, 10)
  const came = ['sheddable', 'normal', 'critical', 'normal', 'critical'] as const
  queue.offer(item('normal', 'first'))
  came.forEach((priority, i) => queue.offer(item(priority, `${priority} ${i}`)))
  for (let i = 0; i < 6; i += 1) queue.leave()
  expect(begun.slice(1)).toEqual([
    'critical 2',
    'critical 4',
    'normal 1',
    'normal 3',
    'sheddable 0',
  ])
  expect(queue.taken).toBe(0)
})

test('when the line is full the least important of it is refused, and among equals the newcomer', () => {
  const { queue } = queueOf(1, 2)
  queue.offer(item('normal', 'running'))
  queue.offer(item('sheddable', 'list'))
  queue.offer(item('normal', 'get'))
  expect(queue.offer(item('sheddable', 'another list'))?.name).toBe('another list')
  expect(queue.offer(item('critical', 'heartbeat'))?.name).toBe('list')
  expect(queue.offer(item('normal', 'another get'))?.name).toBe('another get')
  expect(queue.offer(item('critical', 'refresh'))?.name).toBe('get')
  expect(queue.offer(item('critical', 'connect'))?.name).toBe('connect')
  expect(queue.waiting).toBe(2)
})

test('what is forgotten is never begun', () => {
  const { queue, begun } = queueOf(1, 2)
  const late = item('normal', 'late')
  queue.offer(item('normal', 'running'))
  queue.offer(late)
  expect(queue.forget(late)).toBe(true)
  expect(queue.forget(late)).toBe(false)
  queue.leave()
  expect(begun).toEqual(['running'])
  expect(queue.waiting).toBe(0)
})
