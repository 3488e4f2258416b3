// Goal: who breaks by a change is named, exactly, before it breaks them.
// Method: a small mesh with services that rely on one another, one thing of it changed at a time;
// the release of the real tree, through the program.
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type ContractDescription, type JsonSchema, allContracts } from '@meshboard/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readHistory } from '../compat/history.ts'
import { judge, lineOf } from '../compat/judge.ts'
import { type MeshDescription, type Reliance, describeMesh } from '../compat/mesh-description.ts'
import { mayFollow, readRelease } from '../compat/release.ts'
import { services } from '../src/mesh.ts'

const object = (properties: Record<string, JsonSchema>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
})
const text = { type: 'string' }
const buy = {
  summary: '',
  access: 'user',
  http: 'POST /api/orders',
  socket: true,
  priority: 'normal',
  idempotent: true,
  timeoutMs: 1,
  failures: {},
  input: object({ item: text, count: { type: 'integer', minimum: 1 } }, ['item']),
  output: object({ id: text }),
} as const
const { http: _, ...inside } = { ...buy, socket: false, access: 'service' as const }
const bought = {
  summary: '',
  topic: 'orders',
  key: 'user_id',
  filters: ['item'],
  keepDays: 1,
  data: object({ user_id: text, total: text, state: { enum: ['new'] } }),
}
const shop: ContractDescription = {
  name: 'shop',
  version: '1.0.0',
  owner: 'team-shop',
  summary: '',
  procedures: { buy, count: inside, list: { ...inside, access: 'user' } },
  events: { bought, returned: { ...bought, topic: 'returns' } },
  channels: {
    orders: { class: 'log', topic: 'orders', audience: 'self', snapshot: 'shop.list' },
  },
}
const relying = (service: string, parts: Partial<Reliance>): Reliance => ({
  service,
  isDoor: false,
  calls: [],
  consumers: [],
  ...parts,
})
const mesh: MeshDescription = {
  contracts: [shop],
  edge: { subprotocol: 'x', clientFrames: {}, serverFrames: {}, closeCodes: { slow: 1 } },
  services: [
    relying('shop', { calls: ['shop.count'] }),
    relying('stock', {
      calls: ['shop.buy'],
      consumers: [
        { name: 'reserveOnBought', event: 'shop.bought' },
        { name: 'countOnBought', event: 'shop.bought' },
      ],
    }),
    relying('mail', { consumers: [{ name: 'writeOnBought', event: 'shop.bought' }] }),
    relying('door', { isDoor: true, calls: ['shop.buy', 'shop.list', 'shop.count'] }),
  ],
}

type Kind = 'procedures' | 'events' | 'channels'
const linesOf = (after: MeshDescription) => judge(mesh, after).breaks.map(lineOf)
const withShop = (contract: Partial<ContractDescription>): MeshDescription => ({
  ...mesh,
  contracts: [{ ...shop, ...contract }],
})
const changed = (kind: Kind, name: string, change: object) =>
  withShop({ [kind]: { ...shop[kind], [name]: { ...shop[kind][name], ...change } } })
const without = (kind: Kind, name: string) =>
  withShop({
    [kind]: Object.fromEntries(Object.entries(shop[kind]).filter(([key]) => key !== name)),
  })

const CONSUMERS = 'stock (reserveOnBought, countOnBought), mail (writeOnBought)'
const WATCHERS = 'clients watching channel orders'
const CALLERS = 'stock, clients over POST /api/orders, clients over /ws/v1'
const { total: __, ...others } = bought.data.properties

describe('a change names who breaks', () => {
  test.each<[line: string, after: MeshDescription]>([
    [
      `shop.bought: field "total" removed — breaks ${CONSUMERS}, ${WATCHERS}`,
      changed('events', 'bought', { data: object(others) }),
    ],
    [
      `shop.bought: field "total" renamed to "sum" — breaks ${CONSUMERS}, ${WATCHERS}`,
      changed('events', 'bought', { data: object({ ...others, sum: text }) }),
    ],
    [
      `shop.bought: field "state" may now be "paid" — breaks ${CONSUMERS}, ${WATCHERS}`,
      changed('events', 'bought', {
        data: object({ ...bought.data.properties, state: { enum: ['new', 'paid'] } }),
      }),
    ],
    [
      `shop.bought: key was user_id, is now all — breaks ${CONSUMERS}, ${WATCHERS}`,
      changed('events', 'bought', { key: 'all' }),
    ],
    [`shop.bought: event removed — breaks ${CONSUMERS}, ${WATCHERS}`, without('events', 'bought')],
    [
      `shop.bought: filter "item" removed — breaks ${WATCHERS}`,
      changed('events', 'bought', { filters: [] }),
    ],
    ['shop.returned: event removed — breaks nobody in this mesh', without('events', 'returned')],
    [
      `shop.buy: input field "count" is now required — breaks ${CALLERS}`,
      changed('procedures', 'buy', { input: object(buy.input.properties) }),
    ],
    [
      `shop.buy: input field "count" minimum was 1, is 2 — breaks ${CALLERS}`,
      changed('procedures', 'buy', {
        input: object({ item: text, count: { type: 'integer', minimum: 2 } }, ['item']),
      }),
    ],
    [
      `shop.buy: is no longer idempotent — breaks ${CALLERS}`,
      changed('procedures', 'buy', { idempotent: false }),
    ],
    [
      `shop.buy: access was user, is now admin — breaks ${CALLERS}`,
      changed('procedures', 'buy', { access: 'admin' }),
    ],
    [`shop.buy: procedure removed — breaks ${CALLERS}`, without('procedures', 'buy')],
    [
      'shop.buy: http was POST /api/orders, is now none — breaks clients over POST /api/orders',
      changed('procedures', 'buy', { http: undefined }),
    ],
    [
      'shop.buy: can no longer be called over a socket — breaks clients over /ws/v1',
      changed('procedures', 'buy', { socket: false }),
    ],
    ['shop.count: procedure removed — breaks door', without('procedures', 'count')],
    [`shop.list: procedure removed — breaks ${WATCHERS}`, without('procedures', 'list')],
    [`shop.orders: channel removed — breaks ${WATCHERS}`, without('channels', 'orders')],
  ])('%s', (line, after) => expect(linesOf(after)).toEqual([`${line}; owner team-shop`]))

  test('of a contract that is gone: everybody who relied on any of it', () => {
    expect(linesOf({ ...mesh, contracts: [] })).toEqual([
      `shop: contract removed — breaks ${CONSUMERS}, door, clients over POST /api/orders, clients over /ws/v1, ${WATCHERS}; owner team-shop`,
    ])
  })

  test('of the edge protocol: every client', () => {
    const after = { ...mesh, edge: { ...mesh.edge, closeCodes: {} } }
    expect(linesOf(after)).toEqual([
      'close code slow: close code removed — breaks clients over /ws/v1',
    ])
  })

  test('of what the doors show: who watches there', () => {
    const shown = { ...mesh, edge: { ...mesh.edge, eventTypes: { SHOP_OPENED: 'shop.opened' } } }
    const after = { ...shown, edge: { ...shown.edge, eventTypes: {} } }
    expect(judge(shown, after).breaks.map(lineOf)).toEqual([
      'event type SHOP_OPENED: event type removed — breaks clients at /ws/events',
    ])
  })

  test('counting those who relied on it at the release, and those who do since', () => {
    const after = without('events', 'returned')
    const consumers = [{ name: 'refundOnReturned', event: 'shop.returned' }]
    const since = { ...after, services: [relying('bank', { consumers })] }
    expect(linesOf(since)).toEqual([
      'shop.returned: event removed — breaks bank (refundOnReturned); owner team-shop',
    ])
    const gone = { ...without('procedures', 'count'), services: [] }
    expect(linesOf(gone)).toEqual(['shop.count: procedure removed — breaks door; owner team-shop'])
  })
})

test('what breaks nobody is told as new', () => {
  const after = changed('events', 'bought', {
    data: object({ ...bought.data.properties, tax: text }),
  })
  expect(judge(mesh, after)).toEqual({ breaks: [], additions: ['shop.bought: new field "tax"'] })
})

test.each([
  ['0.1.0', true],
  ['0.1.1', true],
  ['0.10.0', true],
  ['1.0.0', true],
  ['0.0.9', false],
  ['next', false],
])('a release may be called %s after 0.1.0: %s', (version, may) => {
  expect(mayFollow(version, '0.1.0')).toBe(may)
})

describe('the real tree', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'released-'))
    await cp(join(root, 'packages/contracts/released'), folder, { recursive: true })
  })
  afterEach(() => rm(folder, { recursive: true }))

  const compat = async (...args: string[]) => {
    const program = join(root, 'deploy/compat.ts')
    const all = ['--conditions=@meshboard/source', program, '--folder', folder, ...args]
    const ended = promisify(execFile)(process.execPath, all)
    return ended.then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        text: error.stdout + error.stderr,
      }),
    )
  }
  /** As if the release had had a field in `earnings.credited` that is no longer there. */
  const takeBack = async () => {
    const file = join(folder, 'earnings.json')
    const earnings = JSON.parse(await readFile(file, 'utf8'))
    earnings.events.credited.data.properties.bonus = text
    await writeFile(file, JSON.stringify(earnings))
  }
  const LINE =
    /^earnings\.credited: field "bonus" removed — breaks network \(addPointsOnCredited\), referral \(rewardOnCredited\),.* clients watching channel earnings; owner team-rewards$/m

  test('is compatible with its release', async () => {
    const { mesh: released } = await readRelease(folder)
    expect(judge(released, describeMesh(allContracts, services)).breaks.map(lineOf)).toEqual([])
    expect((await compat()).code).toBe(0)
  })

  test('is not when a field is taken back, and is not released unless somebody says why', async () => {
    await takeBack()
    const found = await compat()
    expect(found.code).toBe(1)
    expect(found.text).toMatch(LINE)
    const { release, breaks } = JSON.parse((await compat('--json')).text)
    expect([release, breaks[0].path, breaks[0].owner]).toEqual([
      expect.any(String),
      'data.bonus',
      'team-rewards',
    ])
    expect((await compat('--release', '9.0.0')).code).toBe(1)
    expect((await compat('--release', '0.0.1', '--accept-breaking', 'Nobody used it.')).code).toBe(
      1,
    )
    expect((await readRelease(folder)).version).toBe(release)

    const accepted = await compat('--release', '9.0.0', '--accept-breaking', 'Nobody used it.')
    expect(accepted.code).toBe(0)
    expect((await readRelease(folder)).version).toBe('9.0.0')
    expect((await readHistory(folder)).at(-1)).toMatchObject({
      version: '9.0.0',
      date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      breaks: [expect.stringMatching(LINE)],
      why: 'Nobody used it.',
    })
    const page = await readFile(join(folder, 'README.md'), 'utf8')
    expect(page).toContain('## 9.0.0\n\nNobody used it.\n\n- earnings.credited: field "bonus"')
    expect((await compat()).code).toBe(0)
  })
})
