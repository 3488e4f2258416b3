// Goal: every change that can break another team is named, and no additive one is.
// Method: change one thing of a small contract at a time.
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  type ContractDescription,
  type JsonSchema,
  additiveChanges,
  breakingChanges,
  breakingEdgeChanges,
  channel,
  contract,
  contractBreaks,
  describeContract,
  describeEdgeProtocol,
  event,
  failures,
  procedure,
  signal,
} from '../src/index.ts'
import { jsonSchema } from './json-schema.ts'

const buy = procedure({
  name: 'shop.buy',
  summary: 'Buys.',
  access: 'user',
  http: 'POST /api/orders',
  location: '/api/orders/{id}',
  socket: true,
  idempotent: true,
  timeoutMs: 1_000,
  input: z.object({ item: z.string(), count: z.int().optional() }),
  output: z.object({ id: z.string() }),
  failures: failures('conflict', 'not_found'),
})
const bought = event({
  name: 'shop.bought',
  summary: 'Bought.',
  topic: 'orders',
  key: 'user_id',
  stateKey: 'order_id',
  update: 'order_update',
  filters: ['item'],
  data: z.object({ user_id: z.string(), order_id: z.string(), item: z.string() }),
  keepDays: 30,
})
const seen = signal({
  name: 'shop.seen',
  summary: 'Somebody looks at it.',
  filters: ['item'],
  data: z.object({ item: z.string(), at: z.string() }),
})
const shop = describeContract(
  contract('shop', {
    version: '1.0.0',
    owner: 'team-shop',
    summary: 'A shop.',
    procedures: { buy },
    events: { bought },
    signals: { seen },
    channels: {
      orders: channel({ class: 'log', topic: 'orders', audience: 'self', snapshot: buy }),
    },
  }),
)

type Part = 'procedures' | 'events' | 'channels' | 'signals'

const changed = (part: Part, name: string, change: Record<string, unknown>) =>
  ({
    ...shop,
    [part]: { ...shop[part], [name]: { ...shop[part]?.[name], ...change } },
  }) as ContractDescription

describe('a breaking change', () => {
  test.each<[string, ContractDescription | undefined]>([
    ['shop: contract removed', undefined],
    ['shop.buy: procedure removed', { ...shop, procedures: {} }],
    ['shop.bought: event removed', { ...shop, events: {} }],
    ['shop.orders: channel removed', { ...shop, channels: {} }],
    ['shop.seen: signal removed', { ...shop, signals: {} }],
    ['shop.seen: filter "item" removed', changed('signals', 'seen', { filters: [] })],
    ['shop.buy: access was user, is now admin', changed('procedures', 'buy', { access: 'admin' })],
    [
      'shop.buy: http was POST /api/orders, is now none',
      changed('procedures', 'buy', { http: undefined }),
    ],
    [
      'shop.buy: location was /api/orders/{id}, is now none',
      changed('procedures', 'buy', { location: undefined }),
    ],
    [
      'shop.buy: can no longer be called over a socket',
      changed('procedures', 'buy', { socket: false }),
    ],
    ['shop.buy: is no longer idempotent', changed('procedures', 'buy', { idempotent: false })],
    [
      'shop.buy: failure "conflict" removed',
      changed('procedures', 'buy', { failures: failures('not_found') }),
    ],
    [
      'shop.buy: failure "conflict" was 409 never, is now 409 later',
      changed('procedures', 'buy', {
        failures: { ...failures('not_found'), conflict: { status: 409, retry: 'later' } },
      }),
    ],
    [
      'shop.bought: topic was orders, is now sales',
      changed('events', 'bought', { topic: 'sales' }),
    ],
    ['shop.bought: key was user_id, is now all', changed('events', 'bought', { key: 'all' })],
    [
      'shop.bought: stateKey was order_id, is now none',
      changed('events', 'bought', { stateKey: undefined }),
    ],
    [
      'shop.bought: update was order_update, is now sale',
      changed('events', 'bought', { update: 'sale' }),
    ],
    ['shop.bought: filter "item" removed', changed('events', 'bought', { filters: [] })],
    ['shop.orders: class was log, is now state', changed('channels', 'orders', { class: 'state' })],
    [
      'shop.orders: topic was orders, is now sales',
      changed('channels', 'orders', { topic: 'sales' }),
    ],
    [
      'shop.orders: audience was self, is now all',
      changed('channels', 'orders', { audience: 'all' }),
    ],
    [
      'shop.orders: snapshot was shop.buy, is now none',
      changed('channels', 'orders', { snapshot: undefined }),
    ],
  ])('is named: %s', (sentence, after) => {
    expect(breakingChanges(shop, after)).toEqual([sentence])
  })

  test.each<[string, ContractDescription]>([
    [
      'shop.buy: input field "item" removed',
      changed('procedures', 'buy', { input: jsonSchema(z.object({ count: z.int().optional() })) }),
    ],
    [
      'shop.buy: output field "id" is now optional',
      changed('procedures', 'buy', { output: jsonSchema(z.object({ id: z.string().optional() })) }),
    ],
    [
      'shop.bought: field "item" removed',
      changed('events', 'bought', {
        data: jsonSchema(z.object({ user_id: z.string(), order_id: z.string() })),
      }),
    ],
  ])('of a field is named with its side: %s', (sentence, after) => {
    expect(breakingChanges(shop, after)).toEqual([sentence])
  })

  test('is told apart by programs, too', () => {
    const input = jsonSchema(z.object({ thing: z.string(), count: z.int().optional() }))
    const after = changed('procedures', 'buy', { input, idempotent: false })
    expect(contractBreaks(shop, after)).toEqual([
      {
        kind: 'procedure',
        name: 'shop.buy',
        path: 'idempotent',
        what: 'is no longer idempotent',
      },
      {
        kind: 'procedure',
        name: 'shop.buy',
        path: 'input.item',
        what: 'input field "item" renamed to "thing"',
      },
    ])
  })
})

describe('an additive change', () => {
  test('is named', () => {
    const data = jsonSchema(
      z.object({ user_id: z.string(), lines: z.array(z.object({ sku: z.string() })) }),
    )
    const after = {
      ...shop,
      procedures: { ...shop.procedures, sell: shop.procedures['buy']! },
      events: { bought: { ...shop.events['bought']!, data, filters: ['item', 'user_id'] } },
    }
    expect(additiveChanges(shop, after)).toEqual([
      'shop.sell: new procedure',
      'shop.bought: new filter "user_id"',
      'shop.bought: new field "lines"',
      'shop.bought: new field "lines[].sku"',
    ])
    expect(additiveChanges(undefined, shop)).toEqual(['shop: new contract'])
    expect(additiveChanges(shop, shop)).toEqual([])
  })

  test.each<[string, ContractDescription]>([
    [
      'a new procedure',
      { ...shop, procedures: { ...shop.procedures, sell: shop.procedures['buy']! } },
    ],
    ['a new event', { ...shop, events: { ...shop.events, sold: shop.events['bought']! } }],
    ['a new signal', { ...shop, signals: { ...shop.signals, gone: shop.signals!['seen']! } }],
    ['a new channel', { ...shop, channels: { ...shop.channels, all: shop.channels['orders']! } }],
    ['a new version, owner and summary', { ...shop, version: '1.1.0', owner: 'x', summary: 'y' }],
    ['another time-out', changed('procedures', 'buy', { timeoutMs: 5 })],
    [
      'another failure',
      changed('procedures', 'buy', { failures: failures('conflict', 'not_found', 'unknown_key') }),
    ],
    ['another filter', changed('events', 'bought', { filters: ['item', 'order_id'] })],
    ['longer keeping', changed('events', 'bought', { keepDays: 60 })],
  ])('breaks nothing: %s', (_, after) => {
    expect(breakingChanges(shop, after)).toEqual([])
  })

  test('a route for a procedure that had none breaks nothing', () => {
    expect(breakingChanges(changed('procedures', 'buy', { http: undefined }), shop)).toEqual([])
  })
})

describe('the edge protocol', () => {
  const now = describeEdgeProtocol()

  test('a frame that is gone is named', () => {
    const { call: _, ...clientFrames } = now.clientFrames as Record<'call', JsonSchema>
    expect(breakingEdgeChanges(now, { ...now, clientFrames })).toEqual([
      'client frame call: client frame removed',
    ])
  })

  test('a field the edge may leave out now is named', () => {
    const welcome = { ...now.serverFrames['welcome'], required: ['type'] }
    const after = { ...now, serverFrames: { ...now.serverFrames, welcome } }
    expect(breakingEdgeChanges(now, after)).toContain(
      'server frame welcome: field "session_id" is now optional',
    )
  })

  test('a close code that changes its number or is gone is named', () => {
    const { rate: _, ...others } = now.closeCodes as Record<'rate' | 'slow', number>
    const closeCodes = { ...others, slow: 4999 }
    expect(breakingEdgeChanges(now, { ...now, closeCodes })).toEqual([
      'close code slow: was 4302, is now 4999',
      'close code rate: close code removed',
    ])
  })

  test('an event type that stands for another event or is gone is named', () => {
    const { SYSTEM_ALERT: _, ...others } = now.eventTypes as Record<string, string>
    const eventTypes = { ...others, USER_CREATED: 'user.seen' }
    expect(breakingEdgeChanges(now, { ...now, eventTypes })).toEqual([
      'event type USER_CREATED: was user.registered, is now user.seen',
      'event type SYSTEM_ALERT: event type removed',
    ])
  })

  test('a new frame and a new close code break nothing', () => {
    const after = {
      ...now,
      serverFrames: { ...now.serverFrames, notice: {} },
      closeCodes: { ...now.closeCodes, tired: 4403 },
    }
    expect(breakingEdgeChanges(now, after)).toEqual([])
  })
})
