// Goal: an edge says when feeds no longer reach it, and when it does not come round, and only then.
// Method: a real broker that stands still, or takes no more of what the edge sends itself; an event loop that is held up.
import { once } from 'node:events'
import { connect } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { startService } from '@meshboard/kit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { service as edge } from '../src/index.ts'
import { EdgeMesh } from './harness.ts'
import { type TestSocket, signedIn } from './test-socket.ts'

const QUICK = { EDGE_CANARY_INTERVAL_MS: '50', EDGE_CANARY_TIMEOUT_MS: '400' }
const LOOP = { EDGE_STALLED_MS_MAX: '800', EVENT_LOOP_LAG_MAX_MS: '100' }

let mesh: EdgeMesh
let socket: TestSocket
beforeAll(async () => {
  mesh = await EdgeMesh.start({ ...QUICK, ...LOOP })
  mesh.answers['network.echo'] = ({ input }) => Promise.resolve(input)
  socket = await signedIn(mesh, mesh.auth.enroll().key)
})
afterEach(async () => {
  mesh.nats.thaw()
  await mesh.nats.letCanariesFly(true)
})
afterAll(() => mesh.stop())

const ask = async (path: string, url = mesh.edge.runtime.ops.url) => {
  const response = await fetch(`${url}${path}`)
  const { faults = {} } = (await response.json()) as { faults?: Record<string, string> }
  return { status: response.status, faults }
}

const says = async (path: string, status: number): Promise<Record<string, string>> => {
  for (;;) {
    const answer = await ask(path)
    if (answer.status === status) return answer.faults
    await sleep(20)
  }
}

const holdUp = (ms: number): void => {
  const end = performance.now() + ms
  while (performance.now() < end);
}

test('a broker that stands still makes it not ready although it is connected, and costs no socket', async () => {
  expect(await ask('/readyz')).toEqual({ status: 200, faults: {} })
  mesh.nats.freeze()
  expect(await says('/readyz', 503)).toEqual({
    canary: expect.stringMatching(/^no message has come back from the broker for \d+\.\d s$/),
  })
  expect(mesh.edge.runtime.broker.connected).toBe(true)
  expect(await ask('/livez')).toEqual({ status: 200, faults: {} })
  expect(await mesh.metric('edge_canary_age_seconds')).toBeGreaterThan(0.4)
  mesh.nats.thaw()
  await says('/readyz', 200)
  socket.send({ type: 'call', id: 1, procedure: 'network.echo', data: { data: 'x' } })
  expect(await socket.answer(1)).toMatchObject({ type: 'reply' })
})

test('a broker that no longer takes what it sends itself makes it not ready although it answers', async () => {
  await mesh.nats.letCanariesFly(false)
  expect(Object.keys(await says('/readyz', 503))).toContain('canary')
  await mesh.nats.letCanariesFly(true)
  await says('/readyz', 200)
  expect(socket.closed).toBeUndefined()
})

test('no door opens before a message has come back', async () => {
  await mesh.nats.letCanariesFly(false)
  const env = { ...mesh.environmentOf('edge'), ...QUICK, EDGE_PORT: '0', EDGE_DRAIN_MS: '0' }
  const told = Promise.withResolvers<string>()
  const starting = startService(edge, env, { onOps: told.resolve })
  const url = await told.promise
  const missing = async () =>
    (await ask('/readyz', url)).faults['canary']?.startsWith('no message has come back')
  while (!(await missing())) await sleep(20)
  await mesh.nats.letCanariesFly(true)
  await (await starting).stop()
})

/** Asks while nobody can answer: the request lies there until the loop comes round. */
const askWhileHeldUp = async (ms: number): Promise<string> => {
  const socket = connect(Number(new URL(mesh.edge.runtime.ops.url).port), '127.0.0.1')
  await once(socket, 'connect')
  await says('/livez', 200)
  socket.write('GET /livez HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n')
  holdUp(ms)
  return readText(socket)
}

test('who asked while the loop was blocked too long is told so, and later that it comes round', async () => {
  const answer = await askWhileHeldUp(1_000)
  expect(answer).toMatch(/^HTTP\/1.1 503 /)
  expect(answer).toMatch(/"event loop":"it has been late for 1\.\d s"/)
  await says('/livez', 200)
  expect(await askWhileHeldUp(150)).toMatch(/^HTTP\/1.1 200 /)
})

test('a loop that is late turn after turn is told, too', async () => {
  await says('/livez', 200)
  let answer: Awaited<ReturnType<typeof ask>> | undefined
  const start = performance.now()
  while (!answer) {
    holdUp(250)
    await nextTurn()
    if (performance.now() - start < 1_000) continue
    void ask('/livez').then((one) => (answer ??= one))
  }
  expect(answer.status).toBe(503)
  await says('/livez', 200)
})
