// Goal: what the doors that only show may show is what the table says, and no more.
// Method: look at every row; ask for what each role watches.
import { describe, expect, test } from 'vitest'
import {
  EVENT_ROWS,
  METRICS_ROW,
  ROLES,
  allContracts,
  allWatches,
  describeContract,
  eventWatches,
  metricsWatches,
} from '../src/index.ts'

const events = allContracts.flatMap((declared) => Object.values(declared.events))
const signals = allContracts.flatMap((declared) => Object.values(declared.signals))
const audiences = (watches: ReturnType<typeof eventWatches>) =>
  Object.fromEntries(watches.map(({ name, channel }) => [name, channel.audience]))

describe('the table', () => {
  test('names each type and each event once, and only what is declared', () => {
    const types = EVENT_ROWS.map(({ type }) => type)
    expect(types).toEqual([...new Set(types)])
    expect(types.filter((type) => !/^[A-Z]+(_[A-Z]+)+$/.test(type))).toEqual([])
    const named = EVENT_ROWS.map(({ event }) => event)
    expect(named).toEqual([...new Set(named)])
    expect(named.filter((event) => !events.includes(event))).toEqual([])
    expect(signals).toContain(METRICS_ROW.signal)
  })

  test('has a severity for each: one for all, or one that travels as a header', () => {
    for (const { severity, event } of EVENT_ROWS)
      expect(severity === 'told').toBe(event.filters.includes('severity'))
  })

  test('shows of one topic all or nothing of others, so that nobody is shown anything twice', () => {
    for (const { event, others } of EVENT_ROWS)
      for (const row of EVENT_ROWS.filter((one) => one.event.topic === event.topic))
        expect(row.others).toEqual(others)
  })

  test('gives nothing of others to a user', () => {
    for (const { others = [] } of [...EVENT_ROWS, METRICS_ROW]) expect(others).not.toContain('user')
  })
})

describe('watching', () => {
  test('is of one’s own and of what is for all, unless the table says more', () => {
    expect(audiences(eventWatches(['user', 'analyst']))).toEqual({
      'user.profiles': 'self',
      'auth.roles': 'self',
      'network.paths': 'self',
      'notification.alerts': 'all',
    })
    expect(audiences(eventWatches(['admin']))).toEqual({
      'user.profiles.any': 'any',
      'auth.roles.any': 'any',
      'network.paths.any': 'any',
      'notification.alerts': 'all',
    })
    expect(audiences(metricsWatches(['user']))).toEqual({ 'network.sampled': 'self' })
    expect(audiences(metricsWatches(['analyst']))).toEqual({ 'network.sampled.any': 'any' })
  })

  test('is of nothing that the edge has no rights for', () => {
    const all = allWatches().map(({ name }) => name)
    for (const role of ROLES)
      for (const { name } of [...eventWatches([role]), ...metricsWatches([role])])
        expect(all).toContain(name)
  })
})

test('a sample of a path tells of no user and no address', () => {
  const { network } = Object.fromEntries(allContracts.map((one) => [one.name, one]))
  const { sampled } = (network && describeContract(network).signals) ?? {}
  expect(JSON.stringify(sampled?.data)).not.toMatch(/user_id|address|device|network_name/)
  expect(sampled?.data.required).toEqual(['timestamp', 'path_id', 'metrics'])
})
