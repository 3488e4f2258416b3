import { expect, test } from 'vitest'
import { issuingAccountOf } from './issuing-account.ts'
import { fingerprintOf, uptimePosting } from './posting.ts'

const accrued = {
  user_id: 'usr_1',
  connection_id: 'con_1',
  accrual: 3,
  online_ms: 600_000,
  network_score: 80,
  accrued_at: '2026-11-21T09:00:00.000Z',
}

const fingerprint = (changed: Partial<typeof accrued> = {}) => {
  const posting = uptimePosting({ ...accrued, ...changed })
  return posting && fingerprintOf(posting)
}

test('an accrual moves its points from an issuing account to the user', () => {
  const inputs = { online_ms: '600000', score: '80.0' }
  expect(uptimePosting(accrued)).toEqual({
    source: 'network',
    sourceId: 'con_1#3',
    rule: 'network-rates@1',
    legs: [
      {
        accountId: expect.stringMatching(/^issuing\/\d\d$/),
        micros: -8_000_000n,
        inputs,
        connectionId: 'con_1',
      },
      { accountId: 'usr_1', micros: 8_000_000n, inputs, connectionId: 'con_1' },
    ],
  })
})

test('what earns nothing posts nothing', () => {
  expect(uptimePosting({ ...accrued, network_score: 0 })).toBeUndefined()
  expect(uptimePosting({ ...accrued, online_ms: 1, network_score: 0.1 })).toBeUndefined()
})

test('the same data have the same fingerprint, any other data another', () => {
  expect(fingerprint({ accrued_at: '2026-11-21T10:00:00.000Z' })).toBe(fingerprint())
  const others = [
    fingerprint({ user_id: 'usr_2' }),
    fingerprint({ online_ms: 660_000 }),
    fingerprint({ network_score: 80.1 }),
    fingerprint({ online_ms: 300_000, network_score: 100 }),
    fingerprint({ accrual: 4 }),
    fingerprint(),
  ]
  expect(new Set(others).size).toBe(others.length)
})

test('users are spread over all 64 issuing accounts', () => {
  const used = new Set(Array.from({ length: 2_000 }, (_, nth) => issuingAccountOf(`usr_${nth}`)))
  expect(used.size).toBe(64)
  expect([...used].toSorted((one, other) => (one < other ? -1 : 1)).at(-1)).toBe('issuing/63')
})
