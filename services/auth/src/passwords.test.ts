import { expect, test } from 'vitest'
import { createHashingQueue } from './hashing-queue.ts'
import { createPasswords } from './passwords.ts'

const never = new AbortController().signal
const queue = createHashingQueue({ runningMax: 4, waitingMax: 50 })
const weak = createPasswords({ memory: 64, passes: 1 }, queue)
const strong = createPasswords({ memory: 128, passes: 1 }, queue)

test('a password is known again, and no other one', async () => {
  const stored = await weak.hash('seven-green-boats', never)
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/)
  expect(await weak.verify({ password: 'seven-green-boats', stored }, never)).toBe('right')
  expect(await weak.verify({ password: 'seven-green-boatS', stored }, never)).toBe('wrong')
})

test('one made with less is right and outdated; one made with more is not', async () => {
  const password = 'seven-green-boats'
  const [less, more] = [await weak.hash(password, never), await strong.hash(password, never)]
  expect(await strong.verify({ password, stored: less }, never)).toBe('outdated')
  expect(await weak.verify({ password, stored: more }, never)).toBe('right')
})

test('two hashes of one password have nothing in common', async () => {
  const [one, other] = [await weak.hash('same same', never), await weak.hash('same same', never)]
  expect(one.split('$').slice(4)).not.toEqual(other.split('$').slice(4))
})

test('who has no password has no right one', async () => {
  expect(await weak.verify({ password: '', stored: null }, never)).toBe('wrong')
  expect(await weak.verify({ password: 'anything', stored: '$2b$10$unread' }, never)).toBe('wrong')
})

test('who has no password costs as much as who has one', async () => {
  const cost = { memory: 19_456, passes: 1 }
  const passwords = createPasswords(cost, queue)
  const stored = await passwords.hash('seven-green-boats', never)
  const timed = async (given: string | null) => {
    const before = performance.now()
    await passwords.verify({ password: 'wrong', stored: given }, never)
    return performance.now() - before
  }
  await timed(stored)
  const [known, unknown] = [[], []] as [number[], number[]]
  for (let nth = 0; nth < 15; nth += 1) {
    known.push(await timed(stored))
    unknown.push(await timed(null))
  }
  expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 3)
})
