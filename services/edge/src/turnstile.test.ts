// Goal: whoever asks for much does not hold up the others.
// Method: pieces of work of two lines, written down in the order in which they run.
import { expect, test } from 'vitest'
import { Turnstile } from './turnstile.ts'

test('the lines take turns, and within a line it is first come, first served', async () => {
  const turnstile = new Turnstile(1)
  const ran: string[] = []
  const asks = ['a', 'a', 'a', 'a', 'b', 'b', 'c'].map((line, index) =>
    turnstile.pass(async () => void ran.push(`${line}${index}`), line),
  )
  await Promise.all(asks)
  expect(ran).toEqual(['a0', 'a1', 'b4', 'c6', 'a2', 'b5', 'a3'])
})

test('no more run at a time than may, also when some fail', async () => {
  const turnstile = new Turnstile(2)
  let [running, most] = [0, 0]
  const work = async () => {
    running += 1
    most = Math.max(most, running)
    await Promise.resolve()
    running -= 1
    throw new Error('it failed')
  }
  await Promise.allSettled(Array.from({ length: 9 }, () => turnstile.pass(work)))
  expect(most).toBe(2)
  expect(await turnstile.pass(async () => 'still open')).toBe('still open')
})
