// Goal: no text that a client chooses becomes part of a subject, a header or a path.
// Method: odd texts in every parameter of every frame, message, query and header; what the edge asks of
// its broker is written down.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { watchSubjects } from './broker-subjects.ts'
import { emptySummary } from './empty-summary.ts'
import { EdgeMesh } from './harness.ts'
import { ODD_TEXTS } from './odd-texts.ts'
import { RawPeer, upgradeHead } from './raw-peer.ts'
import { TestSocket, signedIn } from './test-socket.ts'
import { until } from './until.ts'

let mesh: EdgeMesh
let user: ReturnType<EdgeMesh['auth']['enroll']>
let socket: TestSocket
/** What goes to the broker. */
let seen: Set<string>
beforeAll(async () => {
  mesh = await EdgeMesh.start({
    EDGE_OPERATIONS_BURST: '10000',
    EDGE_ATTEMPTS_MAX: '1000000',
    EDGE_USER_CONNECTIONS_MAX: '1000',
    EDGE_FEED_LINGER_MS: '10000',
  })
  mesh.answers['network.echo'] = ({ input }) => input
  mesh.answers['earnings.getSummary'] = emptySummary
  seen = watchSubjects(mesh.edge.runtime.broker)
  user = mesh.auth.enroll()
  socket = await signedIn(mesh, user.key)
})
afterAll(async () => {
  await socket.close()
  await mesh.stop()
})

const codeOf = async (id: number): Promise<string> => {
  const { code, type } = await socket.answer(id)
  return code ?? type
}

/** The codes that a frame is answered with, over all odd texts. */
const codesOf = async (toFrame: (odd: string) => object): Promise<string[]> => {
  socket.send(...ODD_TEXTS.map((odd, index) => ({ id: index + 1, ...toFrame(odd) })))
  const codes = await Promise.all(ODD_TEXTS.map((_, index) => codeOf(index + 1)))
  return [...new Set(codes)].toSorted()
}

const REFUSED: readonly [what: string, codes: string[], toFrame: (odd: string) => object][] = [
  ['a channel', ['not_found'], (channel) => ({ type: 'subscribe', channel })],
  ['a channel to leave', ['not_found'], (channel) => ({ type: 'unsubscribe', channel })],
  ['the name of a parameter', ['invalid'], (odd) => watch({ params: { [`p${odd}`]: 'x' } })],
  ['the value of a parameter', ['invalid'], (odd) => watch({ params: { user_id: odd } })],
  ['the name of a filter', ['invalid'], (odd) => watch({ filter: { [`f${odd}`]: 'x' } })],
  ['a procedure', ['invalid', 'not_found'], (procedure) => ({ type: 'call', procedure })],
  ['a service', ['not_found'], (odd) => ({ type: 'call', procedure: `${odd}.list` })],
  [
    'the name after a service',
    ['not_found'],
    (odd) => ({ type: 'call', procedure: `network.${odd}` }),
  ],
  ['a type', ['unsupported'], (type) => ({ type })],
]
const watch = (how: object) => ({ type: 'subscribe', channel: 'earnings', ...how })

test.each(REFUSED)('%s of any odd text is %j', async (_what, codes, toFrame) => {
  expect(await codesOf(toFrame)).toEqual(codes)
})

test('a filter that asks for an odd value is only compared: nothing passes it', async () => {
  const ledger = await mesh.ledger(user.userId)
  for (const [index, source] of ODD_TEXTS.entries()) {
    const id = index + 1
    socket.send({ ...watch({ filter: { source } }), id })
    expect(await codeOf(id)).toBe('subscribed')
    if (index === 0) await ledger.credit({ source: 'network' })
    socket.send({ type: 'unsubscribe', id, channel: 'earnings' })
    expect(await codeOf(id)).toBe('unsubscribed')
  }
  expect(socket.frames.filter(({ type }) => type === 'event')).toEqual([])
})

test('an odd epoch is another epoch, and an odd trace is no trace', async () => {
  for (const [index, odd] of ODD_TEXTS.entries()) {
    const id = index + 1
    socket.send({ ...watch({ since: { seq: 1, n: 1, epoch: odd.slice(0, 16) } }), id })
    expect(await codeOf(id)).toBe('subscribed')
    expect(await socket.next('gap')).toMatchObject({ reason: 'epoch' })
    const data = { data: odd }
    const call = { type: 'call', procedure: 'network.echo', data, traceparent: odd }
    socket.send({ type: 'unsubscribe', id, channel: 'earnings' }, { ...call, id: id + 1_000 })
    expect(await codeOf(id)).toBe('unsubscribed')
    expect(await codeOf(id + 1_000)).toBe('reply')
  }
})

test('a device with an odd name, and one with an odd number, is refused as invalid', async () => {
  const url = mesh.url(`/ws/dashboard?token=${mesh.auth.token(user.userId)}`)
  const plain = new TestSocket(url, { protocols: [] })
  await plain.next('auth_success')
  const named = ODD_TEXTS.filter((odd) => !/^[A-Za-z0-9_-]{1,64}$/.test(odd))
  for (const odd of named) {
    plain.send({ type: 'connect', data: { device_id: odd, network_name: 'home' } })
    expect(await plain.next('error'), odd).toMatchObject({ code: 'invalid' })
  }
  for (const odd of ODD_TEXTS.filter((text) => /\p{Cc}/u.test(text))) {
    plain.send({ type: 'connect', data: { device_id: 'd1', network_name: odd } })
    expect(await plain.next('error'), odd).toMatchObject({ code: 'invalid' })
  }
  await plain.close()
})

/** The status of an upgrade; 0 when it was cut off without one. */
const statusOf = async (head: string): Promise<number> => {
  const peer = new RawPeer(mesh.deps.port)
  peer.write(Buffer.from(head))
  await until(() => peer.status > 0 || peer.isGone)
  const { status } = peer
  expect(peer.head).not.toMatch(/x-odd|set-cookie/i)
  peer.destroy()
  return status
}

test('an odd token in the query is refused with 401, and its line breaks stay where they are', async () => {
  for (const odd of [...ODD_TEXTS, 'x\r\nX-Odd: 1', '"\r\n\r\nHTTP/1.1 200']) {
    const token = encodeURIComponent(odd.toWellFormed())
    expect(await statusOf(upgradeHead({ path: `/ws/earnings?token=${token}` })), odd).toBe(401)
  }
})

test('an odd path is no door: 404, or no path at all: 400', async () => {
  for (const odd of ODD_TEXTS) {
    const path = `/ws/${encodeURIComponent(odd)}`
    if (path === '/ws/.' || path === '/ws/..') continue
    expect(await statusOf(upgradeHead({ path })), odd).toBe(404)
    expect([0, 400, 404]).toContain(await statusOf(upgradeHead({ path: `/ws/v1${odd}x` })))
  }
})

test.each(['Sec-WebSocket-Protocol', 'User-Agent', 'X-Forwarded-For', 'Sec-WebSocket-Extensions'])(
  'an odd %s is refused, or counts for nothing',
  async (name) => {
    for (const odd of ODD_TEXTS) {
      const status = await statusOf(upgradeHead({ headers: [`${name}: ${odd}`] }))
      expect([0, 101, 400], odd).toContain(status)
    }
  },
)

test('what went to the broker meanwhile holds none of it', () => {
  const told = ODD_TEXTS.filter(
    (odd) => odd.length > 4 && !'feed.earnings.ledger EVT_EARNINGS'.includes(odd),
  )
  expect(seen.size).toBeGreaterThan(3)
  for (const text of seen) {
    expect(text).toMatch(/^[\x21-\x7e]*$/)
    expect(text).not.toMatch(/[*>]/)
    for (const odd of told) expect(text.includes(odd), `${odd} in ${text}`).toBe(false)
  }
})
