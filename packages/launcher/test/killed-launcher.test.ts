import { afterAll, beforeAll, expect, test } from 'vitest'

import { type Root, makeRoot } from './fixture-root.ts'
import {
  environmentOf,
  eventually,
  isRunning,
  readState,
  run,
  start,
  startMesh,
} from './launcher-process.ts'

let root: Root

beforeAll(() => {
  root = makeRoot()
})

afterAll(async () => {
  await run(['reset'], environmentOf(root))
  root.remove()
})

test('a killed launcher leaves no process, and the next up starts as if nothing had been', async () => {
  const mesh = await startMesh(root)
  const pids = Object.values(mesh.state().pids)
  expect(pids.filter(isRunning)).toHaveLength(8)
  process.kill(mesh.state().pid, 'SIGKILL')
  await eventually(() => pids.filter(isRunning).length === 0)

  const next = await startMesh(root)
  next.child.kill('SIGINT')
  expect((await next.ended).code).toBe(0)
})

test('a Ctrl-C in the middle of a start leaves no process', async () => {
  const running = start(['up'], environmentOf(root))
  await eventually(() => running.said().includes('redis'))
  const pids = Object.values(readState(root).pids)
  running.child.kill('SIGINT')
  expect((await running.ended).code).toBe(0)
  expect(pids.length).toBeGreaterThan(1)
  expect(pids.filter(isRunning)).toEqual([])
})
