// Goal: launchers that start at the same time are not in each other's way.
// Method: two processes that choose hundreds of ports each, and keep them until both are done.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'

const COUNT = 400
const PORTS = new URL('../src/ports.mjs', import.meta.url)
const CHOOSE = `
  import { freePort } from '${PORTS.href}'
  const ports = []
  for (let n = 0; n < ${COUNT}; n += 1) ports.push(await freePort())
  process.on('message', () => undefined).send(ports)`
const running: ChildProcess[] = []

afterEach(() => running.forEach((child) => child.disconnect()))

const choose = async (): Promise<number[]> => {
  const child = spawn('node', ['--input-type=module', '--eval', CHOOSE], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  running.push(child)
  // It stays as long as somebody may still say something to it.
  const [ports] = (await once(child, 'message')) as [number[]]
  return ports
}

test('what one has chosen no other chooses while it runs', async () => {
  const [some, others] = await Promise.all([choose(), choose()])
  expect(new Set([...some, ...others]).size).toBe(2 * COUNT)
})
