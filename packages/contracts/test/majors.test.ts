// Goal: a new major of a declaration lives beside the old one, and never mixes with it.
// Method: small contracts with both.
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  contract,
  describeContract,
  event,
  localName,
  majorOf,
  procedure,
  rpcSubject,
  sameEventOtherMajor,
  serviceOf,
} from '../src/index.ts'

const about = { version: '2.0.0', owner: '', summary: '' }
const spec = { summary: '', access: 'user', timeoutMs: 1, output: z.object({}) } as const
const fact = { summary: '', key: 'user_id', keepDays: 1 } as const
const buy = procedure({ ...spec, name: 'shop.buy', input: z.object({ item: z.string() }) })
const buyNew = procedure({ ...spec, name: 'shop.v2.buy', input: z.object({ sku: z.string() }) })
const data = z.object({ user_id: z.string() })
const bought = event({ ...fact, name: 'shop.bought', topic: 'orders', data })
const boughtNew = event({ ...fact, name: 'shop.v2.bought', topic: 'orders-v2', data })

test('both majors stand in one contract under their local names', () => {
  const shop = contract('shop', {
    ...about,
    procedures: { buy, 'v2.buy': buyNew },
    events: { bought, 'v2.bought': boughtNew },
    channels: {},
  })
  expect(shop.procedures['v2.buy']).toBe(buyNew)
  expect(Object.keys(describeContract(shop).procedures)).toEqual(['buy', 'v2.buy'])
  expect(
    Object.values(shop.procedures).map(({ name }) => rpcSubject('shop', localName(name))),
  ).toEqual(['rpc.shop.buy', 'rpc.shop.v2.buy'])

  // @ts-expect-error the key says another major than the name
  contract('shop', { ...about, procedures: { buy: buyNew }, events: {}, channels: {} })
})

test('a topic holds events of one major', () => {
  const mixed = event({ ...fact, name: 'shop.v2.bought', topic: 'orders', data })
  const events = { bought, 'v2.bought': mixed }
  expect(() => contract('shop', { ...about, procedures: {}, events, channels: {} })).toThrow(
    'the topic orders of shop holds events of two majors',
  )
})

test.each(['v1.buy', 'v2', 'a.buy', 'v2.v3', 'v2.a.buy', 'v02.buy', '', 'b y'])(
  'a contract refuses a declaration with the local name %j',
  (local) => {
    const odd = procedure({ ...spec, name: `shop.${local}`, input: z.object({}) })
    const procedures = { [local]: odd }
    expect(() => contract('shop', { ...about, procedures, events: {}, channels: {} })).toThrow(
      'is no name of a declaration',
    )
  },
)

test('a name says its service, its major, and what it is in another major', () => {
  expect([serviceOf('shop.v2.buy'), localName('shop.v2.buy')]).toEqual(['shop', 'v2.buy'])
  expect(['shop.buy', 'shop.v2.buy', 'shop.v12.buy'].map(majorOf)).toEqual([1, 2, 12])
  expect(sameEventOtherMajor('shop.bought', 'shop.v2.bought')).toBe(true)
  expect(sameEventOtherMajor('shop.v3.bought', 'shop.v2.bought')).toBe(true)
  expect(sameEventOtherMajor('shop.bought', 'shop.bought')).toBe(false)
  expect(sameEventOtherMajor('shop.bought', 'shop.v2.sold')).toBe(false)
  expect(sameEventOtherMajor('shop.bought', 'bank.v2.bought')).toBe(false)
})
