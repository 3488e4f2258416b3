// Goal: every link inside the mesh works over TLS with certificates from files, and one that cannot be believed is
// not used: which and why is said in a sentence.
// Method: nats-server that asks for certificates, Postgres with ssl, Redis with a TLS port, a collector over HTTPS,
// all of this file's own; auth, user, gateway and edge in this process.
import { readFileSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { type BrokerTls, connectBroker, openRedis, sentenceOf } from '@meshboard/kit'
import {
  Authority,
  PlainSocket,
  connectTo,
  hasPostgresPrograms,
  hasRedisProgram,
  startNats,
  until,
} from '@meshboard/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TlsMesh, portOf } from './tls-mesh.ts'

const CAN = hasPostgresPrograms() && hasRedisProgram()
if (!CAN) test.skip('skipped: Postgres and Redis of its own (the tests were given servers)')

describe.runIf(CAN && process.env['MESH_TEST_FULL'] === '1')('over TLS', () => {
  const trusted = getCACertificates()
  let mesh: TlsMesh
  let strangers: Authority
  let gateway: string
  let edge: string
  beforeAll(async () => {
    strangers = await Authority.create('Somebody else')
    mesh = await TlsMesh.start()
    setDefaultCACertificates([...trusted, readFileSync(mesh.authority.caFile, 'utf8')])
    await mesh.setUp()
    const { certFile, keyFile } = await mesh.authority.issue()
    for (const name of ['auth', 'user', 'earnings']) await mesh.run(name)
    const doors = ['GATEWAY', 'EDGE'].flatMap((door) => [
      [`${door}_TLS_CERT_FILE`, certFile],
      [`${door}_TLS_KEY_FILE`, keyFile],
    ])
    const env = Object.fromEntries(doors) as Record<string, string>
    gateway = `https://localhost:${portOf(await mesh.run('gateway', env))}`
    edge = `wss://localhost:${portOf(await mesh.run('edge', env))}`
  }, 120_000)
  afterAll(async () => {
    setDefaultCACertificates(trusted)
    await mesh.stop()
    await strangers.remove()
  })

  const post = (path: string, body: object) =>
    fetch(`${gateway}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  test('a person signs up and watches, and every link on the way is encrypted', async () => {
    const [email, password] = ['ann@example.org', 'correct horse ann staple']
    const answer = await post('/api/auth/register', { username: 'ann', email, password })
    expect(answer.status).toBe(201)
    const { access_token: token } = (await answer.json()) as { access_token: string }
    const traceId = answer.headers.get('x-trace-id') ?? ''
    const socket = await PlainSocket.open(`${edge}/ws/earnings?token=${token}`)
    socket.close()
    expect((await post('/api/auth/login', { email, password: 'wrong' })).status).toBe(401)

    const admin = connectTo(mesh.databaseUrl())
    const { rows } = (await admin.raw(
      `select usename, ssl from pg_stat_ssl join pg_stat_activity using (pid) where usename like '%_app'`,
    )) as { rows: { usename: string; ssl: boolean }[] }
    await admin.destroy()
    expect(new Set(rows.map(({ usename }) => usename))).toEqual(
      new Set(['auth_app', 'user_app', 'earnings_app']),
    )
    expect(rows.filter(({ ssl }) => !ssl)).toEqual([])

    const redis = await openRedis(mesh.redisUrl, {
      onFault: () => {},
      caFile: mesh.authority.caFile,
    })
    await until(() => redis.ready)
    const keys = await redis.client.keys('*gateway_attempts*')
    await redis.close()
    expect(keys).not.toEqual([])

    const named = () => mesh.receiver.spans.filter((span) => span.traceId === traceId)
    const services = () => new Set(named().map(({ service }) => service))
    await until(() => services().size > 0, { late: 'no spans came' })
  })

  const connect = (tls: BrokerTls, url = mesh.natsUrl) =>
    connectBroker({
      servers: [url],
      service: 'auth',
      user: 'auth',
      password: mesh.nats.passwordOf('auth'),
      tls,
      onFault: () => {},
    })

  const faultOf = async (attempt: Promise<unknown>): Promise<string> =>
    attempt.then(
      () => 'it was believed',
      (error: unknown) => sentenceOf(error),
    )

  /** What a service that starts says at /readyz of what it waits for, once it has tried. */
  const waitingFor = async (name: string, env: Record<string, string>): Promise<string> => {
    const starting = new AbortController()
    let ops = ''
    const onOps = (url: string) => (ops = url)
    const started = mesh.tryToRun(name, { env, signal: starting.signal, onOps })
    const said = await until(
      async () => {
        const text = ops === '' ? '' : await (await fetch(`${ops}/readyz`)).text()
        return text !== '' && !text.includes('is being waited for') && text
      },
      { ms: 40_000 },
    )
    starting.abort()
    await expect(started).rejects.toThrow()
    return said
  }

  const NOT_SIGNED = /not trusted: none of the certificates that are trusted here has signed/
  const OTHER_NAME = /not trusted: its certificate is for another name/

  test('a broker is not believed that somebody else has vouched for, nor one of another name', async () => {
    const stranger = { ...mesh.brokerTls, caFile: strangers.caFile }
    expect(await faultOf(connect(stranger))).toMatch(NOT_SIGNED)
    const { certFile, keyFile } = await mesh.authority.issue({ names: ['elsewhere.example'] })
    const other = await startNats(`tls { cert_file: "${certFile}", key_file: "${keyFile}" }`)
    const url = `tls://localhost:${new URL(other.url).port}`
    expect(await faultOf(connect(mesh.brokerTls, url))).toMatch(OTHER_NAME)
    await other.stop()
    const byAddress = mesh.natsUrl.replace('localhost', '127.0.0.1')
    const fault = connect(mesh.brokerTls, byAddress)
    await expect(fault).rejects.toThrow(/names the broker by its address 127\.0\.0\.1/)
  })

  test('a broker that asks for a certificate takes none without, and one without TLS is no choice', async () => {
    const without = { NATS_CERT_FILE: '', NATS_KEY_FILE: '' }
    expect(await waitingFor('referral', without)).toMatch(/perhaps it asks for a certificate/)
    const named = mesh.natsUrl.replace('tls:', 'nats:')
    const broker = await connect(mesh.brokerTls, named)
    expect(broker.connected).toBe(true)
    await broker.close()
    const open = await startNats('')
    const url = `nats://localhost:${new URL(open.url).port}`
    expect(await faultOf(connect(mesh.brokerTls, url))).toMatch(/tls/)
    await open.stop()
  })

  test('a database is not believed that somebody else has vouched for, nor one of another name', async () => {
    const ask = async (url: string) => {
      const database = connectTo(url)
      try {
        await database.raw('select 1')
      } finally {
        await database.destroy()
      }
    }
    const stranger = mesh.databaseUrl({ caFile: strangers.caFile })
    expect(await faultOf(ask(stranger))).toMatch(NOT_SIGNED)
    expect(await faultOf(ask(mesh.databaseUrl({ host: '127.0.0.1' })))).toMatch(OTHER_NAME)
    expect(await faultOf(ask(mesh.databaseUrl()))).toBe('it was believed')
  })

  test('a service that does not believe its database says so at /readyz, and waits', async () => {
    const DATABASE_URL = mesh.databaseUrl({ user: 'referral_app', caFile: strangers.caFile })
    expect(await waitingFor('referral', { DATABASE_URL })).toMatch(NOT_SIGNED)
  })

  test('a Redis is not believed that somebody else has vouched for, nor one of another name', async () => {
    const told = async (address: string, caFile: string) => {
      const faults: string[] = []
      const onFault = (error: Error) => faults.push(sentenceOf(error))
      const redis = await openRedis(address, { caFile, onFault })
      await until(() => redis.ready || faults.length > 0)
      await redis.close()
      return faults.join()
    }
    const { caFile } = mesh.authority
    expect(await told(mesh.redisUrl, strangers.caFile)).toMatch(NOT_SIGNED)
    const byAddress = mesh.redisUrl.replace('localhost', '127.0.0.1')
    expect(await told(byAddress, caFile)).toMatch(OTHER_NAME)
    expect(await told(mesh.redisUrl, caFile)).toBe('')
  })
})
