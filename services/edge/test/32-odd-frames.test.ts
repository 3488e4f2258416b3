// Goal: whatever JSON a client sends, it gets the code of its fault, and the edge goes on.
// Method: tables of odd frames on one signed-in socket, or on one each where the frame ends it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EdgeMesh } from './harness.ts'
import { TestSocket, signedIn } from './test-socket.ts'

let mesh: EdgeMesh
let user: ReturnType<EdgeMesh['auth']['enroll']>
let socket: TestSocket
beforeAll(async () => {
  mesh = await EdgeMesh.start({
    EDGE_OPERATIONS_BURST: '10000',
    EDGE_USER_CONNECTIONS_MAX: '1000',
    EDGE_REFUSAL_DELAY_MS: '0',
  })
  mesh.answers['network.echo'] = ({ input }) => input
  mesh.answers['network.list'] = () => ({ connections: [] })
  user = mesh.auth.enroll()
  socket = await signedIn(mesh, user.key)
})
afterAll(async () => {
  await echoes()
  await socket.close()
  await mesh.stop()
})

let lastId = 0
const nextId = () => (lastId += 1)

const echoes = async (data = 'x'): Promise<void> => {
  const id = nextId()
  socket.send({ type: 'call', id, procedure: 'network.echo', data: { data } })
  expect(await socket.answer(id)).toMatchObject({ type: 'reply', data: { data } })
}

const nested = (depth: number, inner = '1') =>
  `${'{"a":'.repeat(depth)}${inner}${'}'.repeat(depth)}`

test.each(['', 'HELLO', 'ping', 'event', 'welcome', 'auth_success', '__proto__', 'toString', 'ü'])(
  'the unknown type %j is unsupported, and the socket stays',
  async (type) => {
    const id = nextId()
    socket.send({ type, id })
    expect(await socket.answer(id)).toMatchObject({ code: 'unsupported' })
  },
)

test.each([5, null, true, [], {}, ['call']])(
  'the type %j makes it no frame: 4000',
  async (type) => {
    const other = await signedIn(mesh, user.key)
    other.send({ type, id: 1 })
    expect(await other.next('error')).toMatchObject({ code: 'message_parse_error' })
    expect(await other.ended()).toMatchObject({ code: 4000 })
  },
)

test.each(['0', '-1', '1.5', '4294967296', '1e400', '"1"', 'null', '[1]', '{}', 'true'])(
  'a request with the id %s is invalid and closes with 4000',
  async (id) => {
    const other = await signedIn(mesh, user.key)
    other.send(`{"type":"call","id":${id},"procedure":"network.echo"}`)
    expect(await other.next('error')).toMatchObject({ code: 'invalid' })
    expect(await other.ended()).toMatchObject({ code: 4000 })
  },
)

const LONG = 'x'.repeat(6_001)
const NAMES = [5, null, '', LONG, [], {}]
const FIELDS = [5, '', [], { a: 1 }, { a: null }, { a: LONG }, { [LONG]: 'a' }, { a: {} }]
const ODD: readonly [type: string, field: string, values: readonly unknown[]][] = [
  ['subscribe', 'channel', NAMES],
  ['subscribe', 'params', FIELDS],
  ['subscribe', 'filter', FIELDS],
  [
    'subscribe',
    'since',
    [
      ...[5, 'now', [], {}, { last: 0 }, { last: 101 }, { last: 1.5 }, { last: '1' }],
      ...[{ time: 'yesterday' }, { time: 5 }, { seq: -1, n: 0, epoch: '' }, { seq: 1, n: 1 }],
      ...[
        { seq: 1e300, n: 1, epoch: '' },
        { seq: 1, n: 1, epoch: LONG },
      ],
    ],
  ],
  ['unsubscribe', 'channel', NAMES],
  ['call', 'procedure', [...NAMES, 'ab']],
  ['call', 'timeout_ms', [0, -1, 1.5, 60_001, '5', null, []]],
  ['call', 'idempotency_key', [5, '', 'short', LONG, 'with spaces', 'a\r\nb-12345', 'ä2345678']],
  ['call', 'traceparent', [5, null, LONG, []]],
  ['auth', 'token', [5, '', 'a.b', 'a.b.c.d', `a.b.${LONG}`, 'a.b.c\r\n', {}]],
  ['auth', 'public_key', [5, '', 'ab', 'g'.repeat(64), 'AB'.repeat(32), LONG, []]],
  ['hello', 'ticket', [5, 'a b', 'x\u0000', LONG, []]],
]
const USABLE: Readonly<Record<string, object>> = {
  subscribe: { channel: 'earnings' },
  unsubscribe: { channel: 'earnings' },
  call: { procedure: 'network.echo', data: { data: '' } },
  auth: { signature: 'ab'.repeat(64), public_key: 'ab'.repeat(32) },
}

test.each(ODD)('of %s, each odd %s is invalid, by its id', async (type, field, values) => {
  for (const value of values) {
    const id = nextId()
    socket.send({ type, id, ...USABLE[type], [field]: value })
    const answer = await socket.answer(id)
    expect(answer, JSON.stringify(value).slice(0, 80)).toMatchObject({ code: 'invalid' })
  }
  expect(socket.closed).toBeUndefined()
})

describe('deep nesting', () => {
  test('in the data of a call is invalid, at a door of either kind', async () => {
    for (const depth of [65, 1_000, 9_000]) {
      const id = nextId()
      socket.send(`{"type":"call","id":${id},"procedure":"network.echo","data":${nested(depth)}}`)
      const answer = await socket.answer(id)
      expect(answer).toMatchObject({ code: 'invalid', fields: { data: [expect.any(String)] } })
    }
    const list = '['.repeat(20_000) + ']'.repeat(20_000)
    const id = nextId()
    socket.send(`{"type":"call","id":${id},"procedure":"network.echo","data":{"data":${list}}}`)
    expect(await socket.answer(id)).toMatchObject({ code: 'invalid' })
  })

  test('in what nobody reads is ignored', async () => {
    socket.send(`{"type":"pong","more":${nested(9_000)}}`)
    const id = nextId()
    socket.send(`{"type":"unsubscribe","id":${id},"channel":"network","params":${nested(9_000)}}`)
    expect(await socket.answer(id)).toMatchObject({ code: 'invalid' })
  })

  test('in place of a frame, or not closed, is no frame: 4000', async () => {
    for (const text of ['['.repeat(60_000), '['.repeat(30_000) + ']'.repeat(30_000)]) {
      const other = await signedIn(mesh, user.key)
      other.send(text)
      expect(await other.ended()).toMatchObject({ code: 4000 })
    }
  })
})

describe('an id in flight', () => {
  const call = { type: 'call', procedure: 'network.echo', data: { data: 'x' } }
  const subscribe = { type: 'subscribe', channel: 'earnings' }
  test.each([
    ['two calls', [call, call]],
    ['a call and a subscription', [call, subscribe]],
    ['a subscription and a call', [subscribe, call]],
    ['two subscriptions', [subscribe, { ...subscribe, channel: 'referrals' }]],
    ['a subscription and its end', [subscribe, { ...subscribe, type: 'unsubscribe' }]],
  ])('is not taken twice, by %s: 4003', async (_what, frames) => {
    for (const isBatch of [true, false]) {
      const other = await signedIn(mesh, user.key)
      const numbered = frames.map((frame) => ({ ...frame, id: 7 }))
      other.send(...(isBatch ? [numbered] : numbered))
      expect(await other.ended()).toMatchObject({ code: 4003 })
    }
  })

  test('may be taken again once it is answered', async () => {
    for (let round = 0; round < 3; round += 1) {
      socket.send({ ...call, id: 4_294_967_295 })
      expect(await socket.answer(4_294_967_295)).toMatchObject({ type: 'reply' })
    }
  })
})

test('any text in a field comes back as it was', async () => {
  for (const text of [
    '',
    '\u0000',
    '\r\n',
    '\ud800',
    '\u2028',
    '🛰',
    '"\\',
    '</script>',
    '__proto__',
  ])
    await echoes(text)
})

test('fields that nobody knows change nothing, whatever they are called', async () => {
  const id = nextId()
  const odd = '"__proto__":{"type":"auth"},"constructor":1,"hasOwnProperty":null,"then":{}'
  socket.send(
    `{"type":"call","id":${id},"procedure":"network.echo","data":{"data":"x",${odd}},${odd}}`,
  )
  expect(await socket.answer(id)).toMatchObject({ type: 'reply', data: { data: 'x' } })
})

test.each(['/ws/dashboard', '/ws/earnings'])(
  'what %s cannot read gets its error, and the socket stays',
  async (path) => {
    const url = mesh.url(`${path}?token=${mesh.auth.token(user.userId)}`)
    const plain = new TestSocket(url, { protocols: [] })
    await plain.next('auth_success')
    const parse = [
      '',
      'null',
      '5',
      '[]',
      '[1]',
      '[{},{}]',
      '{"type":',
      '['.repeat(60_000),
      '\u0000',
    ]
    for (const text of parse) {
      plain.send(text)
      expect(await plain.next('error'), text.slice(0, 20)).toMatchObject({
        code: 'message_parse_error',
      })
    }
    const unsupported = ['{}', '{"type":5}', '{"type":"call","id":1}', '{"type":"__proto__"}']
    for (const text of unsupported) {
      plain.send(text)
      expect(await plain.next('error'), text).toMatchObject({ code: 'unsupported' })
    }
    plain.send('ping')
    await expect.poll(() => plain.texts.includes('pong')).toBe(true)
    await plain.close()
  },
)

test('what a device sends is judged, and the socket stays', async () => {
  const url = mesh.url(`/ws/dashboard?token=${mesh.auth.token(user.userId)}`)
  const plain = new TestSocket(url, { protocols: [] })
  await plain.next('auth_success')
  const datas = [
    'null',
    '5',
    '[]',
    '"x"',
    '{}',
    nested(9_000),
    '{"device_id":"a","network_name":5}',
  ]
  for (const data of datas) {
    plain.send(`{"type":"connect","data":${data}}`)
    expect(await plain.next('error'), data.slice(0, 20)).toMatchObject({ code: 'invalid' })
  }
  for (const type of ['heartbeat', 'disconnect']) {
    plain.send(`{"type":"${type}","data":{"latency_ms":1e308}}`)
    expect(await plain.next('error')).toMatchObject({ code: 'invalid_network_data' })
  }
  await plain.close()
})
