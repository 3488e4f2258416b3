// Goal: a redrive reaches only the consumer that failed, is written down first, and is harmless twice.
// Method: letters in a real broker, the real program, and what the streams hold after it.
import { DEAD_HEADERS, HEADERS } from '@meshboard/contracts'
import { encodeJson, newId } from '@meshboard/kit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type BrokerAlone, startBrokerAlone } from './broker-alone.ts'
import { accrual, bury, runIn } from './cli.ts'

let mesh: BrokerAlone

beforeEach(async () => {
  mesh = await startBrokerAlone()
})
afterEach(() => mesh.stop())

const redrive = (picked: string, options?: Parameters<typeof runIn>[2]) =>
  runIn(mesh, [...`dead redrive ${picked}`.split(' '), '--reason', 'mended in 1.2'], options)

test('a letter goes to the consumer that failed and to no other, as the event it was', async () => {
  const user = newId('user')
  const data = accrual(user)
  const id = await bury(mesh, { key: user, data })
  const { code, lines } = await redrive('1')
  expect({ code, lines }).toEqual({ code: 0, lines: ['1 letter redriven.'] })
  const [given, ...others] = await mesh.streams.read('REDRIVE')
  expect(others).toEqual([])
  expect(given).toMatchObject({ subject: 'redrive.earnings.creditOnUptimeAccrued', data, n: 7 })
  expect(given?.headers).toEqual({
    [HEADERS.event]: 'network.uptimeAccrued',
    [HEADERS.n]: '7',
    [HEADERS.traceparent]: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`,
    [DEAD_HEADERS.id]: id,
    [DEAD_HEADERS.subject]: `evt.network.uptime.${user}`,
    'Nats-Msg-Id': 'redrive:1',
    'Nats-Expected-Stream': 'REDRIVE',
  })
  expect(await mesh.streams.read('DEAD')).toEqual([])
})

test('only the letters that were picked go', async () => {
  await bury(mesh)
  await bury(mesh, { service: 'network', consumer: 'addPointsOnCredited', event: 'x.y' })
  await bury(mesh)
  const { code, json } = await redrive('--service earnings --yes --json')
  expect(code).toBe(0)
  expect(json().map(({ seq }) => seq)).toEqual([1, 3])
  expect((await mesh.streams.read('DEAD')).map(({ seq }) => seq)).toEqual([2])
})

test('each letter is written down before it goes: who, what and why', async () => {
  const id = await bury(mesh)
  await redrive('1 --actor ada')
  const [record] = await mesh.streams.read('AUDIT')
  expect(record).toMatchObject({
    subject: 'audit.dead.redrive',
    data: {
      action: 'dead.redrive',
      actor: 'ada',
      reason: 'mended in 1.2',
      letter_seq: 1,
      event_id: id,
      service: 'earnings',
      consumer: 'creditOnUptimeAccrued',
    },
  })
  const { lines } = await runIn(mesh, 'dead log')
  expect(lines[1]).toMatch(/ada +letter 1, network\.uptimeAccrued of earnings\..* mended in 1\.2$/)
})

test('what cannot be written down is not done', async () => {
  await bury(mesh)
  await mesh.fill('AUDIT')
  const refused = await redrive('1')
  expect(refused.code).toBe(1)
  expect(refused.notes).toContain('so it was not done')
  expect((await runIn(mesh, 'dead discard 1 --reason old')).code).toBe(1)
  expect(await mesh.streams.read('DEAD')).toHaveLength(1)
  expect(await mesh.streams.read('REDRIVE')).toHaveLength(0)
})

test('a letter is taken from the dead only after it was stored for its consumer', async () => {
  await bury(mesh)
  await bury(mesh)
  const broken = await redrive('--all', {
    answer: () => mesh.fill('REDRIVE').then(() => true),
  })
  expect(broken.code).toBe(1)
  expect(broken.notes).toContain('Stopped after 0 of 2 redriven.')
  expect(await mesh.streams.read('DEAD')).toHaveLength(2)
  expect(await mesh.streams.read('AUDIT')).toHaveLength(1)
})

test('a redrive broken off between storing and taking away is harmless when it is repeated', async () => {
  await bury(mesh)
  const broker = await mesh.brokerOf('operator')
  const deadline = Date.now() + 5_000
  const once = { id: 'redrive:1', headers: {}, deadline }
  await broker.store('REDRIVE', 'redrive.earnings.creditOnUptimeAccrued', encodeJson({}), once)
  expect((await redrive('1')).code).toBe(0)
  expect((await redrive('1')).code).toBe(1)
  expect(await mesh.streams.read('REDRIVE')).toHaveLength(1)
  expect(await mesh.streams.read('DEAD')).toHaveLength(0)
})

test('two operators at once redrive each letter once', async () => {
  const count = process.env['MESH_TEST_FULL'] === '1' ? 200 : 20
  for (let n = 0; n < count; n += 1) await bury(mesh)
  const both = await Promise.all([
    redrive('--all --yes --rate 1000'),
    redrive('--all --yes --rate 1000'),
  ])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(await mesh.streams.read('DEAD')).toEqual([])
  expect(await mesh.streams.read('REDRIVE')).toHaveLength(count)
})

test('letters that would fail again stay, unless forced; those nobody would take always do', async () => {
  await bury(mesh, { data: { nonsense: true } })
  await bury(mesh, { service: 'network', consumer: 'addPointsOnCredited', event: 'x.y' })
  const stays = await redrive('--all --yes')
  expect(stays.code).toBe(1)
  expect(stays.notes).toContain('letter 1 stays: ')
  expect(await mesh.streams.read('DEAD')).toHaveLength(2)
  expect((await redrive('1 --force', { services: [] })).code).toBe(1)
  expect(await mesh.streams.read('DEAD')).toHaveLength(2)
  expect((await redrive('1 --force')).code).toBe(0)
  expect((await mesh.streams.read('DEAD')).map(({ seq }) => seq)).toEqual([2])
})

test('more than one letter needs --yes or a person who says so', async () => {
  await bury(mesh)
  await bury(mesh)
  const nobody = await redrive('--all')
  expect(nobody.code).toBe(2)
  expect(nobody.notes).toContain('Redrive 2 letters? Say so with --yes.')
  expect((await redrive('--all', { answer: () => Promise.resolve(false) })).code).toBe(1)
  expect(await mesh.streams.read('AUDIT')).toHaveLength(0)
  expect((await redrive('--all', { answer: () => Promise.resolve(true) })).code).toBe(0)
  expect(await mesh.streams.read('REDRIVE')).toHaveLength(2)
})

test('no more letters a second go than the rate allows', async () => {
  for (let n = 0; n < 6; n += 1) await bury(mesh)
  const began = performance.now()
  expect((await redrive('--all --yes --rate 20/s')).code).toBe(0)
  expect(performance.now() - began).toBeGreaterThanOrEqual(5 * 50)
  expect((await redrive('--all --yes --rate 0')).code).toBe(2)
  expect((await redrive('--all --yes --rate 1001')).code).toBe(2)
})

test('Ctrl-C finishes the letter in hand and says what was done', async () => {
  for (let n = 0; n < 20; n += 1) await bury(mesh)
  const stop = new AbortController()
  let shown = 0
  const broken = await redrive('--all --yes --json --rate 50', {
    signal: stop.signal,
    onLine: () => void ((shown += 1) === 3 && stop.abort()),
  })
  expect(broken.code).toBe(1)
  expect(broken.notes).toContain('3 of 20 redriven, 17 others untouched')
  expect(await mesh.streams.read('REDRIVE')).toHaveLength(3)
  expect(await mesh.streams.read('DEAD')).toHaveLength(17)
  expect(await mesh.streams.read('AUDIT')).toHaveLength(3)
})

test('a redrive and a discard without a reason are refused', async () => {
  await bury(mesh)
  expect((await runIn(mesh, 'dead redrive 1')).code).toBe(2)
  expect((await runIn(mesh, 'dead discard 1')).code).toBe(2)
  for (const reason of ['', ' \t'])
    for (const act of ['redrive', 'discard'])
      expect((await runIn(mesh, ['dead', act, '1', '--reason', reason])).code).toBe(2)
  expect(await mesh.streams.read('DEAD')).toHaveLength(1)
})

test('a letter that is discarded is gone for good, and written down', async () => {
  const id = await bury(mesh)
  await bury(mesh, { kind: 'crashed' })
  const { code, lines } = await runIn(mesh, 'dead discard --kind permanent --reason obsolete')
  expect({ code, lines }).toEqual({ code: 0, lines: ['1 letter discarded.'] })
  expect((await mesh.streams.read('DEAD')).map(({ seq }) => seq)).toEqual([2])
  expect(await mesh.streams.read('REDRIVE')).toEqual([])
  const [record] = (await runIn(mesh, 'dead log --json')).json()
  expect(record).toMatchObject({ action: 'dead.discard', event_id: id, reason: 'obsolete' })
})
