// Goal: what a transaction promises a procedure: one effect under one key, and the caller's deadline.
// Method: real calls through the broker to a service with a real database.
// Shows: L6 (part), L7 (part), O4 (part)
import { HEADERS, network, rpcSubject } from '@meshboard/contracts'
import { encodeJson } from '@meshboard/kit'
import { type TestMesh, type TestUser, startTestMesh } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeNetwork } from './fake-network.ts'

const { echo } = network.procedures
let mesh: TestMesh
let ann: TestUser
let runs: number
let ended: boolean

beforeEach(async () => {
  mesh = await startTestMesh()
  ann = await mesh.user()
  runs = 0
  ended = false
  await mesh.start(
    fakeNetwork({
      async echo(tx, data) {
        runs += 1
        if (data === 'slow') await tx.raw('select pg_sleep(10)')
        if (data === 'slow steps') {
          await tx('channel_numbers').insert({ topic: 'slow', key: 'steps', n: 1 })
          await new Promise((resume) => setTimeout(resume, echo.timeoutMs + 200))
          ended = true
        }
        if (data === 'dies') await tx.raw('select pg_terminate_backend(pg_backend_pid())')
        return `${data} ${runs}`
      },
    }),
  )
})
afterEach(() => mesh.stop())

const echoed = async (data: string, key: string) => {
  const broker = await mesh.brokerOf('operator')
  const answer = await broker.request(rpcSubject('network', 'echo'), encodeJson({ data }), {
    headers: { [HEADERS.token]: ann.token, [HEADERS.idempotencyKey]: key },
    deadline: Date.now() + 3_000,
  })
  return JSON.parse(new TextDecoder().decode(answer.data)) as { data?: string; code?: string }
}

test('a call repeated under its idempotency key has one effect and one answer', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => echoed('hello', 'key-00000001')))
  expect(answers).toEqual([{ data: 'hello 1' }, { data: 'hello 1' }, { data: 'hello 1' }])
  expect(runs).toBe(1)
})

test('an idempotency key used for other input is refused', async () => {
  await echoed('hello', 'key-00000001')
  expect((await echoed('other', 'key-00000001')).code).toBe('conflict')
})

test('a statement is cancelled at the deadline of its call', async () => {
  const refused = await mesh.callFails(echo, { data: 'slow' }, ann)
  expect(refused.code).toBe('deadline_exceeded')
  const active = async () =>
    (
      await mesh.admin.raw(
        "select count(*)::int as n from pg_stat_activity where query like '%pg_sleep(10)%' and state = 'active' and pid <> pg_backend_pid()",
      )
    ).rows[0].n
  await expect.poll(active).toBe(0)
})

test('a change that is done only after its deadline is not kept', async () => {
  expect((await mesh.callFails(echo, { data: 'slow steps' }, ann)).code).toBe('deadline_exceeded')
  await expect.poll(() => ended).toBe(true)
  const { rows } = await mesh.admin.raw('select count(*)::int as n from network.channel_numbers')
  expect(rows[0].n).toBe(0)
})

test('a connection that breaks in the middle is unavailable, and the next call works', async () => {
  expect((await mesh.callFails(echo, { data: 'dies' }, ann)).code).toBe('unavailable')
  expect((await mesh.call(echo, { data: 'again' }, ann)).data).toContain('again')
})
