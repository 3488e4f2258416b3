// Goal: the catalog has all that is declared, who relies on it, and what is on its way out.
// Method: a small mesh with one of each; the real mesh; read what the pages say.
import { allContracts, channel, contract, event, procedure, signal } from '@meshboard/contracts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { catalogOf } from './catalog.ts'
import { pagesOf } from './pages.ts'
import { type MeshRecord, meshRecord } from './record.ts'
import { relationsOf } from './relations.ts'

const spec = { summary: 'Does "it" <now>.', timeoutMs: 1_500, output: z.object({ id: z.string() }) }
const buy = procedure({
  ...spec,
  name: 'shop.buy',
  access: 'user',
  http: 'POST /api/orders',
  input: z.object({ item: z.string() }),
  deprecated: { since: '2026-11-01', until: '2027-03-01', use: 'shop.v2.buy' },
})
const bought = event({
  name: 'shop.bought',
  summary: 'Something was bought.',
  topic: 'orders',
  key: 'user_id',
  data: z.object({ user_id: z.string() }),
  keepDays: 3,
})
const shop = contract('shop', {
  version: '1.0.0',
  owner: 'team-shop',
  summary: 'Sells.',
  procedures: {
    buy,
    'v2.buy': procedure({ ...spec, name: 'shop.v2.buy', access: 'user', input: z.object({}) }),
  },
  events: { bought },
  channels: { orders: channel({ class: 'log', topic: 'orders', audience: 'self', snapshot: buy }) },
  signals: { rang: signal({ name: 'shop.rang', summary: 'The till rang.', data: z.object({}) }) },
})
const stock = contract('stock', {
  ...{ version: '2.1.0', owner: 'team-stock', summary: 'Keeps.' },
  ...{ procedures: {}, events: {}, channels: {} },
})
const nothing = { isDoor: false, calls: [], consumers: [], relays: [] }
const record: MeshRecord = {
  services: [
    { ...nothing, service: 'shop' },
    {
      ...nothing,
      service: 'stock',
      calls: ['shop.buy'],
      consumers: [{ name: 'reserveOnBought', event: 'shop.bought' }],
    },
    {
      ...nothing,
      service: 'door',
      isDoor: true,
      calls: ['shop.buy'],
      relays: ['shop.orders', 'shop.rang'],
    },
  ],
  releases: [
    { additions: ['shop.buy: new deprecation since 2026-11-01'], breaks: [] },
    {
      version: '1.0.0',
      date: '2026-10-01',
      additions: ['stock: new contract'],
      breaks: ['shop.bought: key was all — breaks stock'],
      why: 'Nobody minds.',
    },
  ],
}
const catalog = catalogOf({ contracts: [shop, stock], record })
const page = (path: string): string => {
  const found = pagesOf(catalog).find((one) => one.path === path)
  if (!found) throw new Error(`there is no ${path}`)
  return found.body.replaceAll(/\s+/g, ' ')
}

test('a procedure names who calls it, and whose first value it is', () => {
  expect(catalog.services[0]?.procedures[0]).toMatchObject({
    name: 'shop.buy',
    path: '/catalog/shop#buy',
    called_by: ['stock', 'door'],
    snapshot_of: ['orders'],
    timeout_ms: 1_500,
  })
})

test('an event names who consumes it, and the channels that show it', () => {
  expect(catalog.services[0]?.events[0]).toMatchObject({
    consumed_by: [{ service: 'stock', consumer: 'reserveOnBought' }],
    channels: ['orders'],
    keep_days: 3,
  })
})

test('arrows lead from who asks and from who tells, at doors as well', () => {
  expect(relationsOf(catalog)).toEqual([
    { from: 'stock', to: 'shop', kind: 'calls', names: ['buy'] },
    { from: 'shop', to: 'stock', kind: 'events', names: ['bought'] },
    { from: 'door', to: 'shop', kind: 'calls', names: ['buy'] },
    { from: 'shop', to: 'door', kind: 'events', names: ['bought', 'rang'] },
  ])
})

test('what is deprecated says so on both pages, with its days and what to use', () => {
  expect(page('/catalog/shop')).toMatch(
    /id="buy".*deprecated.*On its way out since 2026-11-01; it may be gone from 2027-03-01 on/,
  )
  expect(page('/catalog')).toMatch(
    /Deprecations.*shop\.buy.*since 2026-11-01.*2027-03-01.*href="\/catalog\/shop#v2\.buy"/,
  )
})

test('the history has each release with what it broke and why, and what none has yet', () => {
  expect(page('/catalog')).toMatch(
    /Not released yet.*shop\.buy: new deprecation.*1\.0\.0.*2026-10-01.*Nobody minds\..*key was all.*stock: new contract/,
  )
  expect(page('/catalog/stock')).toContain('stock: new contract')
  expect(page('/catalog/stock')).not.toContain('shop.bought: key')
})

test('what people wrote is text, whatever is in it', () => {
  expect(page('/catalog/shop')).toContain('Does &quot;it&quot; &lt;now&gt;.')
  expect(page('/catalog/shop')).not.toContain('<now>')
})

describe('of the real mesh', () => {
  const real = catalogOf({ contracts: allContracts, record: meshRecord })
  const pages = new Map(pagesOf(real).map(({ path, body }) => [path, body]))

  test('the record knows every service', () => {
    const known = meshRecord.services.map(({ service }) => service)
    expect(known).toEqual(expect.arrayContaining(allContracts.map(({ name }) => name)))
  })

  test('every procedure, event, channel and signal has its place on the page of its service', () => {
    for (const { name, procedures, events, channels, signals } of allContracts) {
      const body = pages.get(`/catalog/${name}`) ?? ''
      const ids = [
        ...Object.keys(procedures),
        ...Object.keys(events),
        ...Object.keys(channels).map((local) => `channel-${local}`),
        ...Object.keys(signals).map((local) => `signal-${local}`),
      ]
      for (const id of ids) expect(body, `${name} ${id}`).toContain(`<h3 id="${id}"`)
    }
  })

  test('no two things of a page have one place', () => {
    for (const [path, body] of pages) {
      const ids = [...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
      expect(
        ids.filter((id, at) => ids.indexOf(id) !== at),
        path,
      ).toEqual([])
    }
  })

  test('every link of every page leads to a page, and to a place on it', () => {
    const elsewhere = /^(\/docs|\/failures)/
    for (const [from, body] of pages)
      for (const [, href = ''] of body.matchAll(/href="([^"]+)"/g)) {
        if (elsewhere.test(href)) continue
        const [path = '', anchor] = href.split('#')
        const target = pages.get(path === '' ? from : path)
        expect(target, `${from}: ${href}`).toBeTypeOf('string')
        if (anchor !== undefined) expect(target, `${from}: ${href}`).toContain(`id="${anchor}"`)
      }
  })

  test('the search finds everything that is declared', () => {
    const found = JSON.parse(pages.get('/catalog/search.json') ?? '[]') as { name: string }[]
    const names = new Set(found.map(({ name }) => name))
    for (const { procedures, events, channels } of allContracts)
      for (const name of [
        ...[...Object.values(procedures), ...Object.values(events)].map((one) => one.name),
        ...Object.keys(channels),
      ])
        expect(names).toContain(name)
  })
})
