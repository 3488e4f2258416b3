// Goal: an operator sees what runs, what waits and what is raised, and may call a procedure.
// Method: the real program, broker, database and services; the test plays who answers discovery.
import { HEADERS, earnings, network } from '@meshboard/contracts'
import { services } from '@meshboard/deploy'
import { type Service, contractHash, encodeJson, newId } from '@meshboard/kit'
import { type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accrual, runIn } from './cli.ts'

let mesh: TestMesh

beforeAll(async () => {
  mesh = await startTestMesh()
})
afterAll(() => mesh.stop())

/** Answers discovery as an instance would. */
const playInstance = async (service: 'earnings' | 'network', hash: string) => {
  const broker = await mesh.brokerOf(service)
  const self = { id: `${service}-1`, name: service, version: '1.0.0' }
  const metadata = { 'mesh.owner': 'team-x', 'mesh.hash': hash }
  const times = { num_requests: 4, num_errors: 1, average_processing_time: 2_500_000 }
  const answers = {
    INFO: { ...self, type: 'io.nats.micro.v1.info_response', metadata, endpoints: [{}, {}] },
    STATS: { ...self, type: 'io.nats.micro.v1.stats_response', endpoints: [times] },
  }
  for (const [verb, answer] of Object.entries(answers))
    await broker.subscribe(`$SRV.${verb}`, ({ reply }) => {
      if (reply !== undefined) broker.publish(reply, encodeJson(answer))
    })
}

test('before anything runs, every service is listed as not answering', async () => {
  const { code, json } = await runIn(mesh, 'services --json')
  expect(code).toBe(0)
  expect(json().map(({ service }) => service)).toEqual(services.map(({ name }) => name).toSorted())
  expect(json().every(({ answers }) => answers === false)).toBe(true)
  expect((await runIn(mesh, 'services --check')).code).toBe(1)
})

test('an instance is listed with its counts, and marked when its contract is another', async () => {
  await playInstance('earnings', contractHash(earnings))
  await playInstance('network', 'of-another-build')
  const lines = (await runIn(mesh, 'services --json')).json()
  expect(lines.find(({ service }) => service === 'earnings')).toMatchObject({
    id: 'earnings-1',
    owner: 'team-x',
    endpoints: 2,
    requests: 4,
    errors: 1,
    average_ms: 2.5,
    same_contract: true,
  })
  const text = (await runIn(mesh, 'services')).lines
  expect(text.find((line) => line.startsWith('network'))).toContain('differs from here')
  expect(text.find((line) => line.startsWith('earnings'))).toMatch(/2\.5 ms {2}as here$/)
  expect(text.find((line) => line.startsWith('referral'))).toContain('does not answer')
})

test('events are shown as they are stored, and those stored before when asked for', async () => {
  const [user, other] = [newId('user'), newId('user')]
  await mesh.deliver(network.events.uptimeAccrued, accrual(other))
  const id = await mesh.deliver(network.events.uptimeAccrued, accrual(user))
  const past = await runIn(mesh, `tail network.uptime --key ${user} --from 1 --no-follow --json`)
  expect(past.json()).toMatchObject([
    { id, n: 1, event: 'network.uptimeAccrued', key: user, data: { user_id: user } },
  ])
  const live = runIn(mesh, `tail network --key ${user} --from 1h --limit 2 --json`)
  await mesh.deliver(network.events.uptimeAccrued, accrual(user))
  expect((await live).json().map(({ n }) => n)).toEqual([1, 2])
})

test('a tail that begins with the past goes over into the present without a gap or a double', async () => {
  const user = newId('user')
  const broker = await mesh.brokerOf('network')
  const store = (n: number) =>
    broker.store('EVT_NETWORK', `evt.network.uptime.${user}`, encodeJson(accrual(user)), {
      id: newId('event'),
      headers: { [HEADERS.event]: 'network.uptimeAccrued', [HEADERS.n]: String(n) },
      deadline: Date.now() + 5_000,
    })
  for (let n = 1; n <= 300; n += 1) await store(n)
  const tail = runIn(mesh, `tail network.uptime --key ${user} --from 1 --limit 400 --json`)
  for (let n = 301; n <= 400; n += 1) await store(n)
  expect((await tail).json().map(({ n }) => n)).toEqual(
    Array.from({ length: 400 }, (_, i) => i + 1),
  )
})

test('a live tail shows only what is asked for, until it is told to stop', async () => {
  const stop = new AbortController()
  const seen: string[] = []
  const tail = runIn(mesh, 'tail --event network.uptimeAccrued --raw', {
    signal: stop.signal,
    onLine: (line) => seen.push(line),
  })
  await until(async () => {
    await mesh.deliver(network.events.uptimeAccrued, accrual(newId('user')))
    return seen.length > 0
  })
  stop.abort()
  expect((await tail).code).toBe(0)
  expect(JSON.parse(seen[0] ?? '')).toMatchObject({ online_ms: 60_000 })
})

test('a tail of what does not exist, or of the past of nothing in particular, is bad usage', async () => {
  const unknown = await runIn(mesh, 'tail earnings.legder')
  expect(unknown.code).toBe(2)
  expect(unknown.notes).toContain('Nearest: earnings.ledger')
  expect((await runIn(mesh, 'tail --from 1h')).code).toBe(2)
  expect((await runIn(mesh, 'tail earnings --no-follow')).code).toBe(2)
  expect((await runIn(mesh, 'tail earnings --key a.b')).code).toBe(2)
})

test('what waits for a durable is counted, with the age of the oldest', async () => {
  await mesh.deliver(network.events.uptimeAccrued, accrual(newId('user')))
  const { code, json } = await runIn(mesh, 'lag --json')
  expect(code).toBe(0)
  const stream = json().find(
    ({ kind, stream: name }) => kind === 'stream' && name === 'EVT_NETWORK',
  )
  expect(stream?.['messages']).toBeGreaterThan(0)
  const durable = json().find(({ durable: name }) => name === 'earnings_creditOnUptimeAccrued')
  expect(durable).toMatchObject({ pending: stream?.['messages'], unacked: 0 })
  expect(Date.parse(String(durable?.['oldest_time']))).toBeGreaterThan(Date.now() - 60_000)
  const late = await runIn(mesh, 'lag --fail-over 0')
  expect(late.code).toBe(1)
  expect(late.notes).toContain('earnings_creditOnUptimeAccrued')
  expect((await runIn(mesh, 'lag --fail-over 1000')).code).toBe(0)
  expect((await runIn(mesh, 'lag --fail-over many')).code).toBe(2)
})

test('an outbox is told by what was not sent, and --stuck by the first event of each key', async () => {
  const insert = (id: string, [key, n]: [string, number]) =>
    mesh.admin.raw(
      `insert into network.outbox (id, topic, key, n, event, headers, payload, created_at)
       values (?, 'uptime', ?, ?, 'network.uptimeAccrued', '{}', '', now() - interval '1 hour')`,
      [id, key, n],
    )
  for (const [id, at] of [
    ['evt_2', ['a', 2]],
    ['evt_1', ['a', 1]],
    ['evt_3', ['b', 1]],
  ] as const)
    await insert(id, [...at])
  const [status] = (await runIn(mesh, 'outbox network --json')).json()
  expect(status).toMatchObject({ service: 'network', unsent: 3, last_sent_age_s: null })
  expect(status?.['oldest_age_s']).toBeGreaterThanOrEqual(3_600)
  const stuck = (await runIn(mesh, 'outbox network --stuck --json')).json()
  expect(stuck).toMatchObject([
    { topic: 'uptime', key: 'a', waiting: 2, first_id: 'evt_1' },
    { topic: 'uptime', key: 'b', waiting: 1, first_id: 'evt_3' },
  ])
  await mesh.admin('network.outbox').update({ published_at: mesh.admin.fn.now() })
  const [sent] = (await runIn(mesh, 'outbox network --json')).json()
  expect(sent).toMatchObject({ unsent: 0, oldest_age_s: null, last_sent_age_s: expect.any(Number) })
  expect((await runIn(mesh, 'outbox')).lines).toHaveLength(1 + 6)
  expect((await runIn(mesh, 'outbox edge')).code).toBe(2)
})

test('a database that is away is said so, without its password', async () => {
  const env = { DATABASE_URL: 'postgres://admin:s3cret@127.0.0.1:1/mesh' }
  const { code, notes } = await runIn(mesh, 'outbox', { env })
  expect(code).toBe(1)
  expect(notes).toContain('set DATABASE_URL')
  expect(notes).not.toContain('s3cret')
})

test('a procedure is called with input from an argument or from standard input', async () => {
  await mesh.start(services.find(({ name }) => name === 'earnings') as never)
  const { token } = await mesh.user()
  const env = { MESH_TOKEN: token }
  const answered = await runIn(mesh, 'call earnings.getSummary {} --json', { env })
  expect(answered.code).toBe(0)
  expect(answered.json()[0]).toHaveProperty('balance')
  const piped = await runIn(mesh, `call earnings.listEntries - --token ${token}`, { input: '{}' })
  expect(piped.code).toBe(0)
})

test('a failed call prints its failure and ends with 1; what is no call is bad usage', async () => {
  const failed = await runIn(mesh, 'call earnings.getSummary --json')
  expect(failed.code).toBe(1)
  expect(failed.json()[0]).toMatchObject({ failure: { code: 'unauthorized', retry: 'after_auth' } })
  expect((await runIn(mesh, 'call referral.getCode --timeout 3000')).notes).toContain('unavailable')
  expect((await runIn(mesh, 'call earnings.getSumary')).notes).toContain('earnings.getSummary')
  expect((await runIn(mesh, 'call earnings.getSumary')).code).toBe(2)
  expect((await runIn(mesh, 'call earnings.getSummary {')).code).toBe(2)
  expect((await runIn(mesh, 'call earnings.getSummary --timeout 0')).code).toBe(2)
})

test('a durable that is missing is named', async () => {
  const [one] = services.filter(({ name }) => name === 'earnings')
  const newer = { services: [...services, { ...one, name: 'bounty' } as Service] }
  const { lines } = await runIn(mesh, 'lag', newer)
  expect(lines).toContain('bounty_advisories is missing: run "npm run mesh -- setup"')
  expect((await runIn(mesh, 'lag --fail-over 100000', newer)).code).toBe(1)
})
