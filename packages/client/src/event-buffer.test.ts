// Goal: a reader that pulls gets all that was pushed, then the end.
// Method: the buffer alone.
import { expect, test } from 'vitest'
import { EventBuffer } from './event-buffer.ts'

test('values come out in the order they went in', async () => {
  const buffer = new EventBuffer<number>()
  const first = buffer.next()
  buffer.push(1)
  buffer.push(2)
  expect(await first).toEqual({ done: false, value: 1 })
  expect(await buffer.next()).toEqual({ done: false, value: 2 })
})

test('the end comes after what is already there', async () => {
  const buffer = new EventBuffer<number>()
  buffer.push(1)
  buffer.end()
  buffer.push(2)
  expect(await buffer.next()).toEqual({ done: false, value: 1 })
  expect(await buffer.next()).toEqual({ done: true, value: undefined })
})

test('a reader that waits gets the failure', async () => {
  const buffer = new EventBuffer<number>()
  const read = buffer.next()
  buffer.end(new Error('revoked'))
  await expect(read).rejects.toThrow('revoked')
})
