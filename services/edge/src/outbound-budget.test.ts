// Goal: all sockets together never hold more than they may for long.
// Method: sockets that are numbers, and a list of those that were given up.
import { expect, test } from 'vitest'
import { OutboundBudget } from './outbound-budget.ts'

const setUp = () => {
  const budget = new OutboundBudget(100)
  const givenUp: string[] = []
  const socket = (name: string) => ({ giveUp: () => void givenUp.push(name) })
  return { budget, givenUp, socket }
}

test('from half of it on it is tight, until less waits again', () => {
  const { budget, socket } = setUp()
  const [one, two] = [socket('one'), socket('two')]
  budget.set(one, 30)
  budget.set(two, 20)
  expect(budget.isTight).toBe(false)
  budget.set(two, 21)
  expect(budget.isTight).toBe(true)
  budget.set(one, 0)
  expect(budget).toMatchObject({ bytes: 21, isTight: false })
})

test('beyond it the furthest behind are given up, and no more of them than needed', () => {
  const { budget, givenUp, socket } = setUp()
  budget.set(socket('a'), 40)
  budget.set(socket('b'), 50)
  expect(givenUp).toEqual([])
  budget.set(socket('c'), 45)
  expect(givenUp).toEqual(['b'])
  budget.set(socket('d'), 90)
  expect(givenUp).toEqual(['b', 'd'])
  expect(budget.bytes).toBe(85)
})
