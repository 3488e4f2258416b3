// Goal: what `perm` says a service may do is what the broker lets it do, and says why.
// Method: every subject that any service may publish, tried as one of them on a real broker.
import { network } from '@meshboard/contracts'
import { services } from '@meshboard/deploy'
import { BrokerError, rightsOf } from '@meshboard/kit'
import { type TestMesh, startTestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { explainRights, rightsFor } from '../src/explained-rights.ts'
import { runIn } from './cli.ts'

let mesh: TestMesh

beforeAll(async () => {
  mesh = await startTestMesh()
})
afterAll(() => mesh.stop())

const rightsOfAll = services.map((service) => ({ ...service, service: service.name }))

test('every right of every service has a reason', () => {
  for (const service of rightsOfAll) {
    const rights = explainRights(service)
    expect(rights.filter(({ because }) => because.length === 0)).toEqual([])
    const whole = rightsOf(service)
    expect(rights).toHaveLength(whole.publish.length + whole.subscribe.length)
  }
})

test('the broker refuses what perm refuses, and nothing else', async () => {
  const network = rightsOfAll.find(({ name }) => name === 'network')
  if (!network) throw new Error('no network')
  const broker = await mesh.brokerOf('network')
  const subjects = new Set(
    rightsOfAll.flatMap((service) =>
      rightsOf(service).publish.map((subject) => subject.replaceAll(/[*>]/g, 'x')),
    ),
  )
  const isForbidden = (subject: string) =>
    broker.request(subject, new Uint8Array(), { deadline: Date.now() + 1_000 }).then(
      () => false,
      (error: unknown) => error instanceof BrokerError && error.fault === 'forbidden',
    )
  const rights = explainRights(network)
  const judged = [...subjects].map(async (subject) => {
    const allowed = rightsFor(rights, { verb: 'publish', subject }).length > 0
    return { subject, same: allowed === !(await isForbidden(subject)) }
  })
  expect((await Promise.all(judged)).filter(({ same }) => !same)).toEqual([])
  expect(subjects.size).toBeGreaterThan(40)
})

test('a right is told with the use, consumer or contract that gives it', async () => {
  const { code, json } = await runIn(mesh, 'perm --explain network --json')
  expect(code).toBe(0)
  const because = (subject: string) =>
    json().find((right) => right['subject'] === subject)?.['because']
  expect(because('dead.network.addPointsOnCredited')).toEqual([
    'consumer addPointsOnCredited hears earnings.credited',
  ])
  expect(because('evt.network.>')).toEqual([`raises the events of network@${network.version}`])
  expect(because('rpc.auth.jwks')).toContain('uses auth.jwks')
  expect(because('_INBOX.network.>')).toEqual(['every service has it: private inbox, discovery'])
})

test('one subject is judged by the wildcards and queue groups of the rights', async () => {
  const judged = async (attempt: string) =>
    (await runIn(mesh, `perm --explain network ${attempt}`)).code
  expect(await judged('publish evt.network.uptime.u1')).toBe(0)
  expect(await judged('publish evt.network')).toBe(1)
  expect(await judged('publish evt.earnings.ledger.u1')).toBe(1)
  expect(await judged('subscribe rpc.network.>')).toBe(1)
  expect(await judged('subscribe rpc.network.> network')).toBe(0)
  expect(await judged('subscribe rpc.network.get network')).toBe(0)
  expect(await judged('subscribe rpc.> network')).toBe(1)
  expect(await judged('subscribe $SRV.PING.network.*')).toBe(0)
  expect(await judged('subscribe $SRV.PING.network.>')).toBe(1)
})

test('what is no service, verb or subject is bad usage', async () => {
  const unknown = await runIn(mesh, 'perm --explain netwrk')
  expect(unknown).toMatchObject({ code: 2 })
  expect(unknown.notes).toContain('Nearest: network')
  expect((await runIn(mesh, 'perm')).code).toBe(2)
  expect((await runIn(mesh, 'perm --explain network listen a.b')).code).toBe(2)
  expect((await runIn(mesh, 'perm --explain network publish')).code).toBe(2)
  expect((await runIn(mesh, 'perm --explain network publish a..b')).code).toBe(2)
})

test('the graph has every call, consumer and channel, in each format', async () => {
  const [graph] = (await runIn(mesh, 'graph --json')).json()
  const edges = graph?.['edges'] as Record<string, unknown>[]
  const declared = services.flatMap(({ uses, consumers }) => [
    ...new Set(uses.calls.map(({ name }) => name)),
    ...consumers,
    ...(uses.channels ?? []),
  ])
  expect(edges).toHaveLength(declared.length)
  expect(edges).toContainEqual({
    kind: 'events',
    from: 'network',
    to: 'earnings',
    name: 'network.uptimeAccrued',
    durable: 'earnings_creditOnUptimeAccrued',
  })
  const text = (await runIn(mesh, 'graph')).lines
  expect(text).toContain('  hears network.uptimeAccrued as earnings_creditOnUptimeAccrued')
  const mermaid = (await runIn(mesh, 'graph --format mermaid')).lines
  expect(mermaid[0]).toBe('flowchart LR')
  expect(mermaid).toContain('  network -.->|"network.uptimeAccrued"| earnings')
  const dot = (await runIn(mesh, 'graph --format dot')).lines.join('\n')
  expect(dot).toContain('"network" -> "earnings" [label="network.uptimeAccrued", style=dashed]')
  expect((await runIn(mesh, 'graph --format pdf')).code).toBe(2)
})
