// Goal: an operator finds out of dead letters what died, why, and what a redrive would do.
// Method: letters stored as a service's kit stores them, in a real broker; the real program.
import { services } from '@meshboard/deploy'
import { newId } from '@meshboard/kit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type BrokerAlone, startBrokerAlone } from './broker-alone.ts'
import { bury, runIn } from './cli.ts'

let mesh: BrokerAlone

beforeEach(async () => {
  mesh = await startBrokerAlone()
})
afterEach(() => mesh.stop())

test('letters are summed up by consumer, kind and reason, and listed one a line', async () => {
  await bury(mesh)
  await bury(mesh)
  await bury(mesh, { kind: 'crashed', reason: 'gave up after the last try' })
  const { code, lines } = await runIn(mesh, 'dead ls')
  expect(code).toBe(0)
  expect(lines[1]).toMatch(
    /^ +2 {2}earnings\.creditOnUptimeAccrued {2}permanent .* does not add up$/,
  )
  expect(lines[2]).toMatch(/^ +1 {2}earnings\.creditOnUptimeAccrued {2}crashed .* gave up/)
  expect(lines.slice(-3).map((line) => line.trim().split(/\s+/)[0])).toEqual(['1', '2', '3'])
})

test('filters mean letters of one service, consumer, kind, event and time', async () => {
  await bury(mesh)
  await bury(mesh, { kind: 'crashed' })
  await bury(mesh, {
    service: 'network',
    consumer: 'addPointsOnCredited',
    event: 'earnings.credited',
    headers: { 'mesh-dead-time': '2020-01-01T00:00:00.000Z' },
  })
  const found = async (flags: string) =>
    (await runIn(mesh, `dead ls --json ${flags}`)).json().map(({ seq }) => seq)
  expect(await found('--service network')).toEqual([3])
  expect(await found('--consumer creditOnUptimeAccrued')).toEqual([1, 2])
  expect(await found('--kind crashed')).toEqual([2])
  expect(await found('--event earnings.credited')).toEqual([3])
  expect(await found('--since 1h')).toEqual([1, 2])
  expect(await found('--service earnings --consumer earnings.creditOnUptimeAccrued')).toEqual([
    1, 2,
  ])
  expect((await runIn(mesh, 'dead ls --kind undecodable')).lines).toEqual(['No dead letters.'])
})

test('more letters than one read of the stream are all counted', async () => {
  for (let n = 0; n < 300; n += 1) await bury(mesh)
  const { lines } = await runIn(mesh, 'dead ls --limit 2')
  expect(lines[1]?.trim()).toMatch(/^300 /)
  expect(lines.slice(-3).map((line) => line.trim().split(/\s+/)[0])).toEqual(['299', '300', '298'])
})

test('a letter is shown with its reason, its headers, its trace and its body', async () => {
  const user = newId('user')
  const id = await bury(mesh, { key: user })
  const { code, lines } = await runIn(mesh, 'dead show 1')
  expect(code).toBe(0)
  const text = lines.join('\n')
  expect(text).toContain(`event     network.uptimeAccrued ${id}`)
  expect(text).toContain('because   permanent: does not add up')
  expect(text).toContain('ab'.repeat(16))
  expect(text).toContain('  mesh-n: 7')
  expect(text).toContain(`  "user_id": "${user}"`)
  const [whole] = (await runIn(mesh, 'dead show 1 --json')).json()
  expect(whole).toMatchObject({ event_id: id, trace_id: 'ab'.repeat(16), body: { user_id: user } })
})

test('a body that is neither JSON nor text is shown in base64', async () => {
  await bury(mesh, { data: new Uint8Array([0xff, 0xfe, 0x00]) })
  const { lines } = await runIn(mesh, 'dead show 1')
  expect(lines.at(-1)).toBe('base64: //4A')
})

test('a letter that is not there is said so, and a position that is none is bad usage', async () => {
  const gone = await runIn(mesh, 'dead show 9')
  expect(gone).toMatchObject({ code: 1, lines: [] })
  expect(gone.notes).toContain('There is no dead letter 9')
  expect((await runIn(mesh, 'dead show nine')).code).toBe(2)
})

test('a dry run says which letters would be taken, fail again or be lost, and why', async () => {
  await bury(mesh)
  await bury(mesh, { data: { user_id: 'nobody' } })
  await bury(mesh, { data: new Uint8Array([0x7b]) })
  await bury(mesh, { headers: { 'mesh-dead-subject': `evt.network.uptime.${newId('user')}` } })
  await bury(mesh, { headers: { 'mesh-dead-id': undefined, 'mesh-n': undefined } })
  await bury(mesh, { event: 'network.connected' })
  const notRun = await runIn(mesh, 'dead dry-run --all --json')
  expect(notRun.code).toBe(1)
  expect(notRun.notes).toContain('5 of 6 letters would not be taken.')
  const problems = notRun.json().map((line) => [line['outcome'], String(line['problems'])])
  expect(problems).toEqual([
    ['taken', ''],
    ['fails', expect.stringContaining('user_id: ')],
    ['fails', expect.stringContaining('not valid JSON')],
    ['fails', expect.stringContaining('is not that of evt.network.uptime.')],
    ['fails', 'it has no event id,it has no number'],
    ['fails', 'it is network.connected; the consumer takes network.uptimeAccrued'],
  ])
})

test('a letter of a consumer that this build has no more would be lost', async () => {
  await bury(mesh)
  const { code, lines } = await runIn(mesh, 'dead dry-run 1 --json', { services: [] })
  expect(code).toBe(1)
  expect(lines[0]).toContain('"outcome":"lost"')
})

test('a dry run changes nothing', async () => {
  await bury(mesh)
  const { code, lines } = await runIn(mesh, 'dead dry-run 1')
  expect(code).toBe(0)
  expect(lines.at(-1)).toBe('1 letter would be taken again.')
  expect(await mesh.streams.read('DEAD')).toHaveLength(1)
  expect(await mesh.streams.read('REDRIVE')).toHaveLength(0)
  expect(await mesh.streams.read('AUDIT')).toHaveLength(0)
})

test('nothing picked, and picked in two ways, is bad usage', async () => {
  expect((await runIn(mesh, 'dead dry-run')).code).toBe(2)
  expect((await runIn(mesh, 'dead dry-run 1 --all')).code).toBe(2)
  expect((await runIn(mesh, 'dead dry-run --since yesterday')).code).toBe(2)
})

test('a service, a consumer or a kind that is none is bad usage, and the nearest are named', async () => {
  await bury(mesh)
  const refused = async (flags: string) => {
    const commands = ['dead ls', 'dead dry-run', 'dead discard --yes --reason old']
    for (const command of commands) expect((await runIn(mesh, `${command} ${flags}`)).code).toBe(2)
    return (await runIn(mesh, `dead redrive --yes --reason mended ${flags}`)).notes
  }
  expect(await refused('--kind crashd')).toContain('permanent, exhausted, crashed')
  expect(await refused('--service earning')).toContain('Nearest: earnings')
  expect(await refused('--consumer creditOnUptime')).toContain('Nearest: creditOnUptimeAccrued')
  const wrongOwner = await refused('--service network --consumer creditOnUptimeAccrued')
  expect(wrongOwner).toContain('no consumer "network.creditOnUptimeAccrued"')
  expect(await refused('--consumer earnings.creditOnUptimeAccrued.x')).toContain('There is no')
  expect(await mesh.streams.read('DEAD')).toHaveLength(1)
})

test('a service and a consumer of another are bad usage, not one of them dropped', async () => {
  await bury(mesh)
  const flags = '--service auth --consumer earnings.creditOnUptimeAccrued'
  const { code, notes } = await runIn(mesh, `dead discard ${flags} --yes --reason old`)
  expect(code).toBe(2)
  expect(notes).toContain('are of two services')
  expect(await mesh.streams.read('DEAD')).toHaveLength(1)
})

test('letters of a consumer that is no more are found and discarded by its name', async () => {
  await bury(mesh)
  const none = { services: [] }
  const old = ['--service earnings', '--consumer creditOnUptimeAccrued']
  for (const flags of [...old, '--consumer earnings.creditOnUptimeAccrued'])
    expect((await runIn(mesh, `dead ls --json ${flags}`, none)).json()).toHaveLength(1)
  const discarded = await runIn(mesh, `dead discard ${old.join(' ')} --reason old`, none)
  expect(discarded.lines).toEqual(['1 letter discarded.'])
})

test('a dry run as JSON keeps no letter: each is printed before the next is judged', async () => {
  for (let n = 0; n < 3; n += 1) await bury(mesh)
  const order: string[] = []
  const watched = services.map((service) => ({
    ...service,
    consumers: service.consumers.map((consumer) => ({
      ...consumer,
      get event() {
        order.push('judged')
        return consumer.event
      },
    })),
  }))
  const onLine = () => void order.push('printed')
  await runIn(mesh, 'dead dry-run --all --json', { services: watched, onLine })
  expect(order).toEqual(Array.from({ length: 3 }, () => ['judged', 'printed']).flat())
})
