// Goal: what the declarations promise about each other holds, by compiler or by test.
// Method: look at all declarations; `@ts-expect-error` fails `tsc -b` when a line does compile.
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  allContracts,
  channel,
  contract,
  describeContract,
  event,
  failures,
  findChannel,
  findProcedure,
  localName,
  procedure,
} from '../src/index.ts'

const all = allContracts.map((declared) => ({ declared, plain: describeContract(declared) }))
const procedures = allContracts.flatMap((declared) => Object.values(declared.procedures))
const events = allContracts.flatMap((declared) => Object.values(declared.events))
const twice = (names: string[]) => names.filter((name, index) => names.indexOf(name) !== index)
const placeholders = (path: string) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')

describe('names', () => {
  test.each(allContracts)('$name calls each declaration as its key says', (declared) => {
    for (const kind of ['procedures', 'events', 'signals'] as const) {
      const names = Object.values(declared[kind]).map(({ name }) => name)
      expect(names).toEqual(Object.keys(declared[kind]).map((key) => `${declared.name}.${key}`))
    }
  })

  test('are camelCase', () => {
    const names = [...procedures, ...events].map(({ name }) =>
      localName(name).replace(/^v\d+\./, ''),
    )
    expect(names.filter((name) => !/^[a-z][A-Za-z0-9]*$/.test(name))).toEqual([])
  })

  test('of channels and routes are unique over the mesh', () => {
    const channels = allContracts.flatMap((declared) => Object.keys(declared.channels))
    expect(twice(channels)).toEqual([])
    expect(twice(procedures.flatMap(({ http }) => http ?? []))).toEqual([])
  })

  test('find what they name', () => {
    for (const one of procedures) expect(findProcedure(one.name)).toBe(one)
    for (const { declared } of all)
      for (const name of Object.keys(declared.channels))
        expect(findChannel(name)?.service).toBe(declared.name)
    expect(findProcedure('earnings.nothing')).toBeUndefined()
    expect(findChannel('nothing')).toBeUndefined()
  })
})

describe('declarations', () => {
  test.each(procedures)('$name waits for a positive time', ({ timeoutMs }) => {
    expect(timeoutMs).toBeGreaterThan(0)
    expect(timeoutMs).toBeLessThanOrEqual(60_000)
  })

  test.each(procedures)('$name has only fields of its own in its routes', (one) => {
    const { input, output } = all
      .map(({ plain }) => plain.procedures[localName(one.name)])
      .find((plain) => plain?.summary === one.summary) ?? { input: {}, output: {} }
    expect(input.required ?? []).toEqual(expect.arrayContaining(placeholders(one.http ?? '')))
    expect(output.required ?? []).toEqual(expect.arrayContaining(placeholders(one.location ?? '')))
  })

  test.each(all)('$plain.name requires the fields its events go by', ({ plain }) => {
    for (const { key, stateKey, filters, data } of Object.values(plain.events)) {
      const needed = [key, stateKey, ...filters].filter((name) => name && name !== 'all')
      expect(data.required).toEqual(expect.arrayContaining(needed))
    }
  })

  test.each(all)('$plain.name shows only topics and snapshots it has', ({ plain }) => {
    const topics = Object.values(plain.events).map(({ topic }) => topic)
    for (const { topic, snapshot } of Object.values(plain.channels)) {
      expect(topics).toContain(topic)
      if (snapshot) expect(findProcedure(snapshot)?.access).toBe('user')
    }
  })

  test.each(events)('$name is kept from 1 to 365 days', ({ keepDays }) => {
    expect(keepDays).toBeGreaterThanOrEqual(1)
    expect(keepDays).toBeLessThanOrEqual(365)
  })

  test('what is deprecated says since when, and until when only after that', () => {
    const retired = (deprecated: { since: string; until?: string; use?: string }) => {
      const buy = procedure({ ...spec, name: 'shop.buy', access: 'user', deprecated })
      return contract('shop', { ...about, procedures: { buy }, events: {}, channels: {} })
    }
    const fine = { since: '2026-11-21', until: '2027-03-01', use: 'shop.v2.buy' }
    expect(describeContract(retired(fine)).procedures['buy']?.deprecated).toEqual(fine)
    expect(describeContract(retired({ since: '2026-11-21' })).procedures['buy']).toHaveProperty(
      'deprecated.since',
    )
    for (const since of ['2026-13-01', 'soon', '2027-03-01'])
      expect(() => retired({ ...fine, since })).toThrow('buy is deprecated on days')
  })

  test('a procedure for services only has no door', () => {
    const door = { ...spec, name: 'shop.buy', access: 'service' } as const
    expect(() => procedure({ ...door, http: 'GET /api/x' })).toThrow(/shop.buy/)
    expect(() => procedure({ ...door, socket: true })).toThrow(/cannot have a door/)
    expect(procedure(door).socket).toBe(false)
  })
})

const spec = { summary: '', timeoutMs: 1, input: z.object({}), output: z.object({}) }
const fact = { summary: '', topic: 't', data: z.object({ user_id: z.string() }), keepDays: 1 }
const about = { version: '1.0.0', owner: '', summary: '' }

test('a wrong declaration does not compile', () => {
  const buy = procedure({ ...spec, name: 'shop.buy', access: 'user' })
  const bought = event({ ...fact, name: 'shop.bought', key: 'user_id' })

  // @ts-expect-error the key is not a field
  event({ ...fact, name: 'shop.bought', key: 'order_id' })
  // @ts-expect-error the filter is not a field
  event({ ...fact, name: 'shop.bought', key: 'all', filters: ['order_id'] })
  // @ts-expect-error the state key is not a field
  event({ ...fact, name: 'shop.bought', key: 'all', stateKey: 'order_id' })
  // @ts-expect-error the name has no service
  event({ ...fact, name: 'bought', key: 'all' })
  // @ts-expect-error the name has no service
  procedure({ ...spec, name: 'buy', access: 'user' })
  // @ts-expect-error nobody is called that
  procedure({ ...spec, name: 'shop.buy', access: 'everybody' })
  // @ts-expect-error a route begins with a method
  procedure({ ...spec, name: 'shop.buy', access: 'user', http: '/api/x' })
  // @ts-expect-error the code is not in the catalogue
  failures('out_of_luck')
  // @ts-expect-error a snapshot is a procedure, not its name
  channel({ class: 'log', topic: 't', audience: 'self', snapshot: 'shop.buy' })
  // @ts-expect-error a snapshot is a procedure, not an event
  channel({ class: 'log', topic: 't', audience: 'self', snapshot: bought })
  // @ts-expect-error the procedure is another service's
  contract('bank', { ...about, procedures: { buy }, events: {}, channels: {} })
  // @ts-expect-error the key is not the procedure's name
  contract('shop', { ...about, procedures: { sell: buy }, events: {}, channels: {} })
  // @ts-expect-error the event is another service's
  contract('bank', { ...about, procedures: {}, events: { bought }, channels: {} })

  const shop = contract('shop', {
    ...about,
    procedures: { buy },
    events: { bought },
    channels: {},
  })
  expect(shop.procedures.buy).toBe(buy)
})
