// Goal: of each key the newest is kept, and never more bytes than may be.
// Method: frames put in and taken out, with an owner that writes down what is left out.
import { expect, test } from 'vitest'
import { KeptFrames } from './kept-frames.ts'

const setUp = (bytesMax = 100) => {
  const kept = new KeptFrames(bytesMax)
  const leftOut: [n: number, why: string][] = []
  const owner = {
    leftOut: ({ n }: { n: number }, why: string) => void leftOut.push([n, why]),
    goesOut: () => {},
  }
  const put = (key: string, n: number, bytes = 10) =>
    kept.put(key, { seq: n, n, frame: Buffer.alloc(bytes), owner })
  const rest = () => {
    const numbers: number[] = []
    for (let next = kept.shift(); next; next = kept.shift()) numbers.push(next.n)
    return numbers
  }
  return { kept, leftOut, put, rest, owner }
}

test('a newer one takes the place of the older one of its key, behind the others', () => {
  const { leftOut, put, rest } = setUp()
  put('a', 1)
  put('b', 2)
  put('a', 3)
  expect(leftOut).toEqual([[1, 'replaced']])
  expect(rest()).toEqual([2, 3])
})

test('the oldest go when there is no room, and bytes are counted right', () => {
  const { kept, leftOut, put, rest } = setUp(30)
  for (const n of [1, 2, 3]) put(`k${n}`, n)
  put('k4', 4, 15)
  expect(leftOut).toEqual([
    [1, 'no_room'],
    [2, 'no_room'],
  ])
  expect(kept.bytes).toBe(25)
  expect(rest()).toEqual([3, 4])
  expect(kept.bytes).toBe(0)
})

test('one that is larger than all the room is left out itself', () => {
  const { kept, leftOut, put } = setUp(30)
  put('a', 1, 31)
  expect(leftOut).toEqual([[1, 'no_room']])
  expect(kept.size).toBe(0)
})

test('what is kept for one owner is dropped without touching the others', () => {
  const { kept, put, rest } = setUp()
  put('a', 1)
  const other = { leftOut: () => {}, goesOut: () => {} }
  kept.put('b', { seq: 2, n: 2, frame: Buffer.alloc(5), owner: other })
  kept.forget(other)
  expect(kept.bytes).toBe(10)
  expect(rest()).toEqual([1])
})
