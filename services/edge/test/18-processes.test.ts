// Goal: several processes behind one port are one edge, for clients and for who runs it.
// Method: the edge as it is started anywhere, with two processes; faults are done to each by its pid.
import { type AddressInfo, createServer } from 'node:net'
import { once } from 'node:events'
import { persist, processEnvironment } from '@meshboard/kit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { EdgeProcess, isThere } from './edge-main.ts'
import { EdgeMesh } from './harness.ts'
import type { TestSocket } from './test-socket.ts'
import { until } from './until.ts'

const FULL = processEnvironment()['MESH_TEST_FULL'] === '1'
const TWO = { EDGE_PROCESSES: '2', EDGE_NODE: 'here', EDGE_STALLED_MS_MAX: '1500' }
// Processes start: on a busy machine that takes its time.
const PATIENCE_MS = 30_000
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let mesh: EdgeMesh
let edge: EdgeProcess
beforeAll(async () => {
  mesh = await EdgeMesh.start()
  await mesh.stopService('edge')
  edge = await EdgeProcess.start(mesh, { ...TWO, EDGE_DRAIN_MS: '300' })
})
afterAll(async () => {
  await EdgeProcess.endAll()
  await mesh.stop()
})

interface Client {
  socket: TestSocket
  node: string
  ticket: string
}

/** A client that is signed in, and the process it came to. */
const signIn = async (userId: string): Promise<Client> => {
  const socket = await edge.socket()
  const { node } = await socket.next('welcome')
  socket.send({ type: 'hello', token: mesh.auth.token(userId) })
  const { ticket } = await socket.next('auth_success')
  return { socket, node: String(node), ticket: String(ticket) }
}

/** As a client would, it comes again when a login could not be judged: a busy machine has that. */
const client = (userId: string): Promise<Client> => {
  const again = { firstMs: 100, maxMs: 500 }
  const signal = AbortSignal.timeout(PATIENCE_MS)
  return persist(() => signIn(userId), { backoff: again, signal, onFault: () => {} })
}

const clients = (count: number, userId = mesh.auth.enroll().userId): Promise<Client[]> =>
  Promise.all(Array.from({ length: count }, () => client(userId)))

const closeAll = async (all: readonly Client[]): Promise<void> => {
  for (const { socket } of all) if (!socket.closed) await socket.close()
}

const at = (all: readonly Client[], node: string): Client => {
  const found = all.find((one) => one.node === node)
  if (!found) throw new Error(`nobody came to ${node}`)
  return found
}

test('clients of one port are spread over the processes, and each gets every event', async () => {
  const { userId } = mesh.auth.enroll()
  const ledger = await mesh.ledger(userId)
  const all = await clients(8, userId)
  expect(new Set(all.map(({ node }) => node))).toEqual(new Set(['here-1', 'here-2']))
  for (const { socket } of all) {
    socket.send({ type: 'subscribe', id: 1, channel: 'earnings' })
    await socket.answer(1)
  }
  await ledger.credit()
  for (const { socket } of all)
    expect(await socket.next('event', PATIENCE_MS)).toMatchObject({ n: 1 })
  await closeAll(all)
})

test('a ticket of one process opens the other, although nobody gave them a secret', async () => {
  const all = await clients(4)
  const { ticket } = at(all, 'here-1')
  const sockets = await Promise.all([edge.socket(), edge.socket()])
  for (const socket of sockets) {
    await socket.next('welcome')
    socket.send({ type: 'hello', ticket })
    await socket.next('auth_success')
    await socket.close()
  }
  await closeAll(all)
})

test('one ops port has the series of each process, and every family once', async () => {
  const all = await clients(4)
  const { text } = await edge.ops('/metrics')
  const about = text.split('\n').filter((line) => line.startsWith('# TYPE '))
  expect(new Set(about).size).toBe(about.length)
  const open = [...text.matchAll(/^edge_connections\{.*process="(\d)".*\} (\d+)$/gm)]
  expect(open.map(([, number]) => number)).toEqual(['1', '2'])
  expect(open.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(4)
  const started = [...text.matchAll(/^process_start_time_seconds\{.*process="(\d)"/gm)]
  expect(started.map(([, number]) => number)).toEqual(['0', '1', '2'])
  await closeAll(all)
})

test('a process that is killed is started again; the others keep their clients and take new ones', async () => {
  const all = await clients(4)
  const before = await edge.pidOf(1)
  process.kill(before, 'SIGKILL')
  await until(() => at(all, 'here-1').socket.closed)
  await edge.said(/^process 1 was ended by SIGKILL; it starts again in \d+ ms$/, 1)
  const newcomers = await clients(2)
  expect(newcomers.map(({ node }) => node)).toEqual(['here-2', 'here-2'])
  expect((await edge.ops('/readyz')).status).toBe(200)
  const told = edge.log.filter(({ msg }) => /it starts again/.test(msg))
  expect(told).toHaveLength(1)
  await until(() => edge.log.filter(({ msg }) => msg === 'doors open').length === 3, PATIENCE_MS)
  expect(await edge.pidOf(1)).not.toBe(before)
  await edge.says('/readyz', 200)
  const later = await clients(4)
  expect(new Set(later.map(({ node }) => node))).toEqual(new Set(['here-1', 'here-2']))
  expect(at(all, 'here-2').socket.closed).toBeUndefined()
  await closeAll([...all, ...newcomers, ...later])
})

test('a process that stands still costs one newcomer at most, and is told at /livez', async () => {
  const pid = await edge.pidOf(2)
  process.kill(pid, 'SIGSTOP')
  try {
    const sockets = await Promise.all(Array.from({ length: 5 }, () => edge.socket()))
    await until(() => sockets.filter(({ frames }) => frames.length > 0).length >= 4)
    expect(await edge.says('/livez', 503)).toMatch(/process 2.*has not answered for/)
    expect((await edge.ops('/readyz')).text).toMatch(/process 2.*does not answer/)
    process.kill(pid, 'SIGCONT')
    await edge.says('/livez', 200)
    for (const socket of sockets) {
      await socket.next('welcome')
      await socket.close()
    }
  } finally {
    process.kill(pid, 'SIGCONT')
  }
})

test('without the broker no process is ready and each says why; all are alive and keep their clients', async () => {
  const all = await clients(4)
  await mesh.nats.kill()
  const said = await edge.says('/readyz', 503)
  for (const number of [1, 2]) expect(said).toMatch(new RegExp(`process ${number}.*broker`))
  expect((await edge.ops('/livez')).status).toBe(200)
  for (const { socket } of all)
    expect(await socket.next('status')).toMatchObject({ state: 'degraded' })
  await mesh.nats.launch()
  await edge.says('/readyz', 200)
  for (const { socket } of all) expect(socket.closed).toBeUndefined()
  await closeAll(all)
})

test('when it is told to stop, every client is asked to move on, and it leaves with 0', async () => {
  const all = await clients(4)
  const pids = [await edge.pidOf(1), await edge.pidOf(2)]
  const ended = edge.stop()
  for (const { socket } of all) await socket.next('going_away')
  for (const { socket } of all) expect(await socket.ended()).toMatchObject({ code: 4300 })
  expect(await ended).toBe(0)
  expect(pids.filter(isThere)).toEqual([])
})

test('no process outlives the one that started it', async () => {
  const killed = await EdgeProcess.start(mesh, TWO)
  const pids = [await killed.pidOf(1), await killed.pidOf(2)]
  expect(pids.filter(isThere)).toHaveLength(2)
  expect(await killed.stop('SIGKILL')).toBe('SIGKILL')
  await until(() => pids.filter(isThere).length === 0)
})

test('a number of processes that cannot be is told, and ends it with 1', async () => {
  const wrong = EdgeProcess.run(mesh, { EDGE_PROCESSES: '65' })
  expect(await wrong.ended()).toBe(1)
  expect(wrong.text).toContain('EDGE_PROCESSES must be a whole number from 1 to 64')
})

test.runIf(FULL)('a second signal ends all at once with 1', async () => {
  const pressed = await EdgeProcess.start(mesh, { ...TWO, READY_OFF_MS: '20000' })
  const pids = [await pressed.pidOf(1), await pressed.pidOf(2)]
  pressed.child.kill('SIGTERM')
  await pressed.said(/^stopping: not ready/)
  expect(await pressed.stop()).toBe(1)
  await until(() => pids.filter(isThere).length === 0)
})

test.runIf(FULL)('a port that is taken ends it with 1', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const late = EdgeProcess.run(mesh, { ...TWO, EDGE_PORT: String(port) })
  expect(await late.ended()).toBe(1)
  expect(late.text).toMatch(new RegExp(`could not start: .*EADDRINUSE.*${port}`))
  other.close()
})
