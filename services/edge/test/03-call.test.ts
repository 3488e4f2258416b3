import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { failure } from '@meshboard/contracts'
import { activeTraceId } from '@meshboard/kit'
import { EdgeMesh } from './harness.ts'
import { until } from './until.ts'
import { type TestSocket, signedIn } from './test-socket.ts'

let mesh: EdgeMesh
let socket: TestSocket
let user: ReturnType<EdgeMesh['auth']['enroll']>
beforeAll(async () => {
  mesh = await EdgeMesh.start({ EDGE_CALLS_IN_FLIGHT_MAX: '5', EDGE_FRAME_OUT_BYTES_MAX: '8192' })
  user = mesh.auth.enroll()
  socket = await signedIn(mesh, user.key)
})
afterAll(() => mesh.stop())
afterEach(() => {
  for (const name of Object.keys(mesh.answers)) delete mesh.answers[name]
})

const echo = { procedure: 'network.echo', data: { data: 'x' } }
let lastId = 100
const call = (frame: object = {}) => {
  const id = (lastId += 1)
  socket.send({ type: 'call', id, ...echo, ...frame })
  return id
}

test('a call is answered as the user who is signed in', async () => {
  let asked: string | undefined
  mesh.answers['network.echo'] = ({ input, caller }) => {
    asked = (caller as unknown as { userId: string }).userId
    return input
  }
  const answer = await socket.answer(call({ data: { data: 'hello' } }))
  expect(answer).toMatchObject({ type: 'reply', data: { data: 'hello' } })
  expect(asked).toBe(user.userId)
})

test('answers come in the order in which they are ready', async () => {
  mesh.answers['network.echo'] = async ({ input }) => {
    await sleep((input as { data: string }).data === 'slow' ? 150 : 0)
    return input
  }
  const [slow, quick] = [call({ data: { data: 'slow' } }), call({ data: { data: 'quick' } })]
  await socket.answer(quick)
  expect(socket.frames.some(({ id }) => id === slow)).toBe(false)
  await socket.answer(slow)
})

test("a service's refusal arrives whole: code, fields, advice, trace", async () => {
  mesh.answers['earnings.getSummary'] = () => {
    throw failure('overloaded', { retryAfterMs: 250 })
  }
  const answer = await socket.answer(call({ procedure: 'earnings.getSummary', data: {} }))
  expect(answer).toMatchObject({
    type: 'error',
    code: 'overloaded',
    retry: 'later',
    retry_after_ms: 250,
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
  const invalid = await socket.answer(call({ data: { data: 5 } }))
  expect(invalid).toMatchObject({ code: 'invalid', fields: { data: [expect.any(String)] } })
})

test("the client's trace goes on into the service", async () => {
  const traces: string[] = []
  mesh.answers['network.echo'] = ({ input }) => {
    traces.push(activeTraceId())
    return input
  }
  const traceId = 'ab'.repeat(16)
  await socket.answer(call({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` }))
  expect(traces).toEqual([traceId])
})

test('the idempotency key and the deadline travel with the call', async () => {
  const seen: { key: string | undefined; leftMs: number }[] = []
  mesh.answers['network.echo'] = ({ input, idempotencyKey, deadline }) => {
    seen.push({ key: idempotencyKey, leftMs: deadline - Date.now() })
    return input
  }
  await socket.answer(call({ idempotency_key: 'once-0001', timeout_ms: 500 }))
  expect(seen[0]?.key).toBe('once-0001')
  expect(seen[0]?.leftMs).toBeLessThanOrEqual(500)
  expect(seen[0]?.leftMs).toBeGreaterThan(200)
})

test('a call that is not answered in time fails with deadline_exceeded', async () => {
  mesh.answers['network.echo'] = async ({ input }) => {
    await sleep(500)
    return input
  }
  const answer = await socket.answer(call({ timeout_ms: 100 }))
  expect(answer).toMatchObject({ code: 'deadline_exceeded' })
})

test('a cancelled call ends at once, with one answer', async () => {
  let isAsked = false
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  mesh.answers['network.echo'] = async ({ input }) => {
    isAsked = true
    await released
    return input
  }
  const id = call()
  await until(() => isAsked)
  socket.send({ type: 'cancel', id })
  expect(await socket.answer(id)).toMatchObject({ type: 'error', retry: 'never' })
  release()
  await sleep(200)
  expect(socket.frames.filter((frame) => frame['id'] === id)).toEqual([])
})

test.each([
  'earnings.nothing',
  'auth.openSession',
  'auth.jwks',
  'earnings.streamState',
  'network.echo.>',
  'network.*',
  '$JS.API.STREAM.INFO',
  'constructor.name',
  '__proto__.x',
  'evt.earnings.ledger',
])('the procedure name %s is refused before the broker sees anything', async (procedure) => {
  const broker = mesh.edge.runtime.broker
  const request = broker.request.bind(broker)
  const subjects: string[] = []
  broker.request = (subject, ...rest) => {
    subjects.push(subject)
    return request(subject, ...rest)
  }
  const answer = await socket.answer(call({ procedure }))
  broker.request = request
  expect(answer).toMatchObject({ type: 'error', code: 'not_found' })
  expect(subjects).toEqual([])
})

test('the call beyond those that may be in flight is refused at once', async () => {
  const gate = Promise.withResolvers<void>()
  mesh.answers['network.echo'] = async ({ input }) => {
    await gate.promise
    return input
  }
  const ids = Array.from({ length: 5 }, () => call())
  expect(await socket.answer(call())).toMatchObject({ code: 'rate_limited', retry: 'later' })
  const reached = mesh.metric('edge_limits_reached_total', 'limit="calls_in_flight"')
  expect(await reached).toBe(1)
  gate.resolve()
  for (const id of ids) expect(await socket.answer(id)).toMatchObject({ type: 'reply' })
})

test('an answer larger than a frame may be is refused, not cut', async () => {
  mesh.answers['network.echo'] = () => ({ data: 'x'.repeat(9_000) })
  expect(await socket.answer(call())).toMatchObject({ type: 'error', code: 'unsupported' })
  const reached = mesh.metric('edge_limits_reached_total', 'limit="frame_out_bytes"')
  expect(await reached).toBe(1)
})

test('an unknown type is unsupported, and the socket stays', async () => {
  socket.send({ type: 'dance', id: 99 })
  expect(await socket.answer(99)).toMatchObject({ code: 'unsupported' })
})

test('a known frame with unusable fields is invalid, by its id', async () => {
  socket.send({ type: 'call', id: 98, procedure: 5 })
  expect(await socket.answer(98)).toMatchObject({
    code: 'invalid',
    fields: { procedure: [expect.any(String)] },
  })
})

test('an id that is in flight may not be used again: 4003', async () => {
  mesh.answers['network.echo'] = async ({ input }) => {
    await sleep(300)
    return input
  }
  const other = await signedIn(mesh, user.key)
  other.send({ type: 'call', id: 1, ...echo }, { type: 'call', id: 1, ...echo })
  expect(await other.ended()).toMatchObject({ code: 4003 })
})

test.each([
  ['no JSON', '{"type":'],
  ['no object', '"hello"'],
  ['an empty batch', '[]'],
  ['a batch within a batch', '[[{"type":"pong"}]]'],
  ['an object without a type', '{"id":1}'],
  ['an endless nesting', '['.repeat(60_000)],
  ['a known frame without its id', '{"type":"call"}'],
])('%s closes with 4000', async (_what, text) => {
  const other = await signedIn(mesh, user.key)
  other.send(text)
  expect(await other.next('error')).toMatchObject({ type: 'error' })
  expect(await other.ended()).toMatchObject({ code: 4000 })
})

test('data nested beyond reason is refused and hurts nobody', async () => {
  const deep = `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`
  socket.send(`{"type":"call","id":97,"procedure":"network.echo","data":${deep}}`)
  expect(await socket.answer(97)).toMatchObject({ type: 'error' })
  mesh.answers['network.echo'] = ({ input }) => input
  expect(await socket.answer(call())).toMatchObject({ type: 'reply' })
})
