// Goal: behind each proxy whose example is shipped the doors are what they are without one: calls, sockets, pushes,
// limits by the client's real address, whatever the client says of itself.
// Method: `up` as a process; nginx, Caddy and HAProxy with the shipped files; clients with addresses of their own.
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { Authority, type PlainSocket, outsideTool, until } from '@meshboard/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, signUp } from './people.ts'
import { Visitor } from './proxy-visitor.ts'
import { PROXIES, Proxy } from './proxy.ts'
import { Up } from './up.ts'

const FULL = process.env['MESH_TEST_FULL'] === '1'
/** What nginx, and many others, cut off a silent connection after, and a little more. */
const IDLE_MS = 66_000
const ATTEMPTS_MAX = 5

const found = FULL ? PROXIES.map((kind) => ({ kind, path: outsideTool(kind.program) })) : []
const there = found.flatMap(({ kind, path }) => (path === undefined ? [] : [{ kind, path }]))

const trusted = getCACertificates()
let authority: Authority
let up: Up
let ann: Person
/** One behind each proxy, from the beginning: a socket on which nothing happens. */
let idle: { proxy: Proxy; socket: PlainSocket<Record<string, unknown>> }[]
let idleFrom: number

/** Each proxy, and each test that fails at something, has clients of its own. */
const clientOf = (index: number, n: number) =>
  new Visitor(`127.0.${index + 1}.${n}`, proxyOf(index).httpsPort)

const proxyOf = (index: number): Proxy => {
  const opened = idle[index]
  if (!opened) throw new Error('it was not started')
  return opened.proxy
}

describe.runIf(there.length > 0)('behind a proxy', () => {
  beforeAll(async () => {
    authority = await Authority.create()
    setDefaultCACertificates([...trusted, readFileSync(authority.caFile, 'utf8')])
    up = await Up.start({
      GATEWAY_TRUSTED_HOPS: '1',
      EDGE_TRUSTED_HOPS: '1',
      GATEWAY_UNSUCCESSFUL_ATTEMPTS_MAX: String(ATTEMPTS_MAX),
      EDGE_ATTEMPTS_MAX: String(ATTEMPTS_MAX),
      AUTH_ACCESS_TOKEN_SECONDS: '3600',
    })
    ann = await signUp(up, 'ann')
    idle = []
    for (const { kind, path } of there) {
      const proxy = await Proxy.start(kind, { path, up, authority })
      const visitor = new Visitor('127.0.0.8', proxy.httpsPort)
      idle.push({ proxy, socket: await visitor.open(`/ws/events?token=${ann.token}`) })
    }
    idleFrom = Date.now()
  })
  afterAll(async () => {
    setDefaultCACertificates(trusted)
    for (const { proxy, socket } of idle) {
      socket.close()
      await proxy.stop()
    }
    await up.remove()
    await authority.remove()
  })

  describe.each(there.map((one, index) => ({ ...one, index, name: one.kind.program })))(
    '$name',
    ({ kind, index }) => {
      const client = (n: number) => clientOf(index, n)
      const bearer = () => ({ authorization: `Bearer ${ann.token}` })

      const connect = async (device: string): Promise<string> => {
        const body = { device_id: device, network_name: 'home' }
        const answer = await client(1).post('/api/networks', body, bearer())
        expect(answer.status).toBe(201)
        return (JSON.parse(answer.body) as { id: string }).id
      }

      test('a call is answered, and its browser is kept with HTTPS', async () => {
        const answer = await client(1).ask('/api/networks', { headers: bearer() })
        expect(answer.status).toBe(200)
        expect(answer.headers['strict-transport-security']).toBe('max-age=31536000')
      })

      test('a socket signs in and is pushed to', async () => {
        const socket = await client(1).open('/ws/v1')
        await socket.expect(({ type }) => type === 'welcome')
        socket.send({ type: 'hello', token: ann.token })
        await socket.expect(({ type }) => type === 'auth_success')
        const screen = await client(1).open(`/ws/events?token=${ann.token}`)
        const id = await connect(`${kind.program}-pushed`)
        const { data } = await screen.expect(({ event_type: of }) => of === 'PATH_STATUS_CHANGED')
        expect(data).toMatchObject({ path_id: id })
        socket.close()
        screen.close()
      })

      /** What a client may write to be taken for another. */
      const forged = (n: number) => ({
        'x-forwarded-for': `203.0.113.${n}`,
        'x-real-ip': `203.0.113.${n}`,
        forwarded: `for=203.0.113.${n}`,
      })

      test('unsuccessful calls count against the client’s real address, whatever it says of itself', async () => {
        const login = { email: 'nobody@example.com', password: 'wrong wrong wrong' }
        const tried: number[] = []
        for (let n = 1; n <= ATTEMPTS_MAX + 1; n += 1)
          tried.push((await client(2).post('/api/auth/login', login, forged(n))).status)
        expect(tried).toEqual([...Array.from({ length: ATTEMPTS_MAX }, () => 401), 429])
        expect((await client(3).post('/api/auth/login', login)).status).toBe(401)
      })

      test('refused sockets count against it as well', async () => {
        const tried: number[] = []
        for (let n = 1; n <= ATTEMPTS_MAX + 1; n += 1)
          tried.push(await client(4).knock('/ws/events?token=nonsense', forged(n)))
        expect(tried).toEqual([...Array.from({ length: ATTEMPTS_MAX }, () => 401), 429])
        expect(await client(5).knock('/ws/events?token=nonsense')).toBe(401)
      })

      test('the doors log the client’s real address and none that was forged', async () => {
        const logOf = (name: string) => readFile(join(up.home, 'log', `${name}.log`), 'utf8')
        const says = (name: string, { address }: { address: string }) =>
          until(async () => (await logOf(name)).includes(`"address":"${address}"`))
        await Promise.all([says('gateway', client(2)), says('edge', client(4))])
        const logs = [await logOf('gateway'), await logOf('edge')]
        expect(logs.join('')).not.toContain('203.0.113.')
      })

      test('headers and bodies that are too large are refused, and the next call is answered', async () => {
        const large = { ...bearer(), 'x-large': 'x'.repeat(20_000) }
        expect([400, 431]).toContain((await client(1).ask('/', { headers: large })).status)
        const body = JSON.stringify({ device_id: 'x'.repeat(100_000) })
        expect((await client(1).post('/api/networks', body, bearer())).status).toBe(413)
        expect((await client(1).ask('/api/networks', { headers: bearer() })).status).toBe(200)
      })

      test('plain HTTP is sent on to the public host, and to no other', async () => {
        const { httpPort, httpsPort } = proxyOf(index)
        const plain = new Visitor('127.0.0.1', httpPort)
        const ask = (host: string) =>
          plain.ask('/api/networks?limit=2', { method: 'POST', headers: { host }, plain: true })
        const sent = await ask('localhost')
        expect([sent.status, sent.headers.location]).toEqual([
          308,
          `https://localhost:${httpsPort}/api/networks?limit=2`,
        ])
        const other = await ask('evil.example')
        expect([other.status, other.headers.location]).toEqual([421, undefined])
      })

      test('a socket on which nothing happens is kept by the heartbeat', async () => {
        await sleep(Math.max(0, IDLE_MS - (Date.now() - idleFrom)))
        const opened = idle[index]?.socket
        expect(opened?.isOpen).toBe(true)
        const id = await connect(`${kind.program}-late`)
        await opened?.expect(({ data }) => (data as { path_id?: string }).path_id === id)
      })
    },
  )

  test('a door that ends and comes back is used again', async () => {
    await up.kill('gateway')
    for (const { proxy } of idle) {
      const visitor = new Visitor('127.0.0.9', proxy.httpsPort)
      const isThere = async () => (await visitor.ask('/')).status === 200
      await until(isThere, { ms: 30_000, late: proxy.said })
    }
  })
})
