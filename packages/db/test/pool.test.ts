// Goal: a database that is too slow for what is asked of it refuses early, and stays operable.
// Method: real calls to a service with two connections, both held by slow statements.
// Shows: D3
import { HEADERS, network, rpcSubject } from '@meshboard/contracts'
import { createMetrics, createRpcClient, encodeJson } from '@meshboard/kit'
import { type TestMesh, type TestUser, startTestMesh } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../src/index.ts'
import { fakeService } from './fake-service.ts'

const echo = { ...network.procedures.echo, timeoutMs: 15_000 }
let mesh: TestMesh

beforeEach(async () => (mesh = await startTestMesh()))
afterEach(() => mesh.stop())

test('when all connections are held and the line is full, a call is refused at once with the time to come back', async () => {
  const running = await mesh.start(
    fakeService(network, {
      echo: async (_, database) => {
        await database.query.raw('select pg_sleep(2)')
        return { data: 'slow' }
      },
    }),
    { DATABASE_CONNECTIONS_MAX: '2', DATABASE_WAITING_MAX: '2' },
  )
  const ann = await mesh.user()
  const rpc = createRpcClient(await mesh.brokerOf('operator'), createMetrics('test'))
  const held = [1, 2, 3, 4].map(() => call())
  await expect.poll(() => waiting(running.deps)).toBe(2)
  const askedAt = Date.now()
  const refused = await askOnce(ann)
  expect(refused).toMatchObject({ code: 'overloaded', retry: 'later', retry_after_ms: 100 })
  expect(Date.now() - askedAt).toBeLessThan(1_900)

  const ready = await fetch(`${running.runtime.ops.url}/readyz`)
  expect(ready.status).toBe(200)
  expect(waiting(running.deps)).toBeGreaterThan(0)
  expect(await Promise.all(held)).toHaveLength(4)
  expect(await running.runtime.metrics.registry.metrics()).toMatch(
    /mesh_database_refused_total\{.*\} [1-9]/,
  )

  function call() {
    return rpc.call(echo, { data: 'x' }, { token: ann.token, deadline: Date.now() + 15_000 })
  }
})

test('a call that waits for a connection waits no longer than its deadline', async () => {
  const running = await mesh.start(
    fakeService(network, {
      echo: async (_, database) => {
        await database.query.raw('select 1')
        return { data: 'quick' }
      },
    }),
    { DATABASE_CONNECTIONS_MAX: '2' },
  )
  const { database } = running.deps as { database: Database }
  const held = [1, 2].map(() => database.query.raw('select pg_sleep(1)').then(() => undefined))
  const ann = await mesh.user()
  const rpc = createRpcClient(await mesh.brokerOf('operator'), createMetrics('test'))
  const soon = { token: ann.token, deadline: Date.now() + 200 }
  await expect(rpc.call(echo, { data: 'x' }, soon)).rejects.toMatchObject({
    code: 'deadline_exceeded',
  })
  await expect.poll(() => waiting(running.deps)).toBe(0)
  await Promise.all(held)
  expect(await mesh.call(echo, { data: 'x' }, ann)).toEqual({ data: 'quick' })
})

/** Without the retries of a client. */
const askOnce = async ({ token }: TestUser): Promise<unknown> => {
  const broker = await mesh.brokerOf('operator')
  const answer = await broker.request(rpcSubject('network', 'echo'), encodeJson({ data: 'x' }), {
    headers: { [HEADERS.token]: token },
    deadline: Date.now() + 5_000,
  })
  return JSON.parse(new TextDecoder().decode(answer.data))
}

const waiting = (deps: unknown): number =>
  (deps as { database: Database }).database.query.client.pool.numPendingAcquires()
