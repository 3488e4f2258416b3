// Goal: a connection makes legal moves only.
// Method: the table of moves.
import { expect, test } from 'vitest'
import { movesFrom, TRANSITIONS } from './transitions.ts'

test('every move is named after where it begins and ends', () => {
  for (const [name, [from, to]] of Object.entries(TRANSITIONS)) {
    expect(name).toBe(`${from}To${to[0]?.toUpperCase()}${to.slice(1)}`)
  }
})

test('a state is given its own moves only', () => {
  const moves = movesFrom('waiting', () => {})
  expect(Object.keys(moves)).toEqual(['waitingToConnecting', 'waitingToClosed'])
  // @ts-expect-error a waiting connection cannot open
  expect(moves.waitingToOpen).toBeUndefined()
})

test('nothing leads out of closed', () => {
  expect(movesFrom('closed', () => {})).toEqual({})
})
