// Goal: what stands in slots is found by its slot, and by nobody once it has left.
// Method: the slots alone.
import { expect, test } from 'vitest'
import { Slots } from './slots.ts'

const item = (name: string) => ({ name, slot: -1 })

const filled = (...names: string[]) => {
  const slots = new Slots<ReturnType<typeof item>>()
  const items = names.map(item)
  for (const one of items) slots.add(one)
  return { slots, items }
}

test('each stands in a slot of its own', () => {
  const { slots, items } = filled('a', 'b', 'c')
  expect(items.map(({ slot }) => slots.at(slot)?.name)).toEqual(['a', 'b', 'c'])
  expect(slots.size).toBe(3)
})

test('a slot that was left is taken by the next', () => {
  const { slots, items } = filled('a', 'b')
  const [a, b] = items
  slots.delete(a!)
  const c = item('c')
  slots.add(c)
  expect(c.slot).toBe(0)
  expect(slots.values()).toEqual([c, b])
})

test('one that has left takes nobody out who has its slot now', () => {
  const { slots, items } = filled('a')
  const [a] = items
  expect(slots.delete(a!)).toBe(true)
  slots.add(item('b'))
  expect(slots.delete(a!)).toBe(false)
  expect(slots.values().map(({ name }) => name)).toEqual(['b'])
  expect(slots.size).toBe(1)
})
