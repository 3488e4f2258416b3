// Goal: one consumer that allows it sees a stored past again, no other does, and a run can go on.
// Method: stored events in a real broker, the real program, and what is given to the consumer.
import { DEAD_HEADERS, HEADERS, REPLAY_HEADER, network } from '@meshboard/contracts'
import { services } from '@meshboard/deploy'
import { encodeJson, newId } from '@meshboard/kit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type BrokerAlone, startBrokerAlone } from './broker-alone.ts'
import { accrual, runIn } from './cli.ts'

const CONSUMER = 'earnings.creditOnUptimeAccrued'
const { uptimeAccrued } = network.events
let mesh: BrokerAlone

beforeEach(async () => {
  mesh = await startBrokerAlone()
})
afterEach(() => mesh.stop())

/** This build, with consumers of earnings that allow it. */
const allowing = services.map((service) => ({
  ...service,
  consumers: service.consumers.map((consumer) => ({
    ...consumer,
    replayable: service.name === 'earnings',
  })),
}))

const replay = (flags: string, options: Parameters<typeof runIn>[2] = {}) =>
  runIn(mesh, [...`replay ${CONSUMER} ${flags}`.split(' '), '--reason', 'a wrong rate'], {
    services: allowing,
    ...options,
  })

const given = async () =>
  (await mesh.streams.read('REDRIVE')).map(({ headers }) => headers[DEAD_HEADERS.id])

const store = async (user: string, { n = 1, name = uptimeAccrued.name as string } = {}) => {
  const id = newId('event')
  const broker = await mesh.brokerOf('network')
  await broker.store('EVT_NETWORK', `evt.network.uptime.${user}`, encodeJson(accrual(user)), {
    id,
    headers: { [HEADERS.event]: name, [HEADERS.n]: String(n) },
    deadline: Date.now() + 5_000,
  })
  return id
}

const stored = async (count: number, user = newId('user')): Promise<string[]> => {
  const ids: string[] = []
  for (let n = 1; n <= count; n += 1) ids.push(await store(user, { n }))
  return ids
}

test('a consumer that does not declare it is not replayed', async () => {
  await stored(1)
  const refused = await replay('--from 1', { services })
  expect(refused.code).toBe(1)
  expect(refused.notes).toContain('does not declare "replayable: true"')
  expect(await mesh.streams.read('AUDIT')).toEqual([])
  expect(await given()).toEqual([])
})

test('the events of a range are given again, as the events they were', async () => {
  const user = newId('user')
  const ids = await stored(5, user)
  const { code, lines } = await replay('--from 2 --to 4 --yes')
  expect({ code, lines }).toEqual({ code: 0, lines: [`3 events replayed to ${CONSUMER}.`] })
  expect(await given()).toEqual(ids.slice(1, 4))
  const [first] = await mesh.streams.read('REDRIVE')
  expect(first).toMatchObject({ subject: `redrive.${CONSUMER}`, n: 2, data: { user_id: user } })
  const run = first?.headers[REPLAY_HEADER]
  expect(first?.headers).toMatchObject({
    [DEAD_HEADERS.subject]: `evt.network.uptime.${user}`,
    'Nats-Msg-Id': `replay:${run}:2`,
  })
})

test('a time means what was stored from then, and until then', async () => {
  const [early] = [await stored(1), await pause()]
  const from = new Date().toISOString()
  await pause()
  const middle = [...(await stored(2)), await pause()].slice(0, 2)
  const to = new Date().toISOString()
  await pause()
  await stored(1)
  expect((await replay(`--from ${from} --to ${to} --yes`)).code).toBe(0)
  expect(await given()).toEqual(middle)
  expect(await given()).not.toContain(early[0])
})

const pause = () => new Promise<string>((resume) => setTimeout(resume, 30, ''))

test('events of another name or key are left out', async () => {
  const user = newId('user')
  await store(user, { name: 'network.other' })
  await stored(1)
  const [own] = await stored(1, user)
  expect((await replay(`--from 1 --key ${user}`)).code).toBe(0)
  expect(await given()).toEqual([own])
})

test('a run is written down before its first event, with its range and its reason', async () => {
  await stored(2)
  await replay('--from 1 --yes --actor ada')
  const [record] = (await runIn(mesh, 'dead log --json')).json()
  expect(record).toMatchObject({
    action: 'replay.run',
    actor: 'ada',
    reason: 'a wrong rate',
    service: 'earnings',
    consumer: 'creditOnUptimeAccrued',
    from_seq: 1,
    to_seq: 2,
    events: 2,
  })
})

test('a run that was broken off goes on where it stopped, with the range it had', async () => {
  const ids = await stored(6)
  const stop = new AbortController()
  const broken = replay('--from 2 --to 5 --yes --rate 10', { signal: stop.signal })
  while ((await given()).length < 2) await pause()
  stop.abort()
  const { code, notes } = await broken
  expect(code).toBe(1)
  const run = /--run (\w+)/.exec(notes)?.[1]
  const before = (await given()).length
  expect(before).toBeLessThan(4)
  const rest = await replay(`--run ${run} --yes --json`)
  expect(rest.code).toBe(0)
  expect(rest.json()[0]).toMatchObject({ run, from_seq: 2, to_seq: 5, replayed: 4 - before })
  expect(await given()).toEqual(ids.slice(1, 5))
  expect((await replay(`--run ${run} --json`)).json()[0]).toMatchObject({ replayed: 0 })
})

test('what cannot be meant is bad usage, and nothing happens', async () => {
  await stored(1)
  expect((await replay('--to 3')).code).toBe(2)
  expect((await replay('--from 1 --run 0123456789ab')).code).toBe(2)
  const blank = ['replay', CONSUMER, '--from', '1', '--reason', ' ']
  expect((await runIn(mesh, blank, { services: allowing })).code).toBe(2)
  expect((await replay('--from 1 --key a.b')).code).toBe(2)
  expect((await replay('--run 0123456789ab')).notes).toContain('Nobody began a run')
  const unknown = await runIn(mesh, 'replay earnings.creditOnUptime --from 1 --reason x')
  expect(unknown.code).toBe(2)
  expect(unknown.notes).toContain(`Nearest: ${CONSUMER}`)
  expect(await mesh.streams.read('AUDIT')).toEqual([])
})
