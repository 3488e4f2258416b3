import { expect, test } from 'vitest'
import { fingerprintOf } from './posting.ts'
import { rewardPosting } from './reward.ts'

const [annsLeg, carasLeg] = [
  { user_id: 'usr_ann', level: 1, amount: '0.800000', rate: '0.100000' },
  { user_id: 'usr_cara', level: 2, amount: '0.400000', rate: '0.050000' },
]
const rewarded = {
  referral_id: 'ref_1',
  referee_id: 'usr_bob',
  earned: '8.000000',
  legs: [annsLeg, carasLeg],
  rule: 'referral-rates@1',
  rewarded_at: '2026-11-21T09:00:00.000Z',
}

test('a reward moves its points from one issuing account to all its users', () => {
  const inputs = { earned: '8.000000' }
  expect(rewardPosting(rewarded)).toEqual({
    source: 'referral',
    sourceId: 'ref_1',
    rule: 'referral-rates@1',
    legs: [
      { accountId: expect.stringMatching(/^issuing\/\d\d$/), micros: -1_200_000n, inputs },
      {
        accountId: 'usr_ann',
        micros: 800_000n,
        inputs: { ...inputs, rate: '0.100000', level: '1' },
      },
      {
        accountId: 'usr_cara',
        micros: 400_000n,
        inputs: { ...inputs, rate: '0.050000', level: '2' },
      },
    ],
  })
})

test('a share is rounded down', () => {
  const leg = { ...annsLeg, amount: '0.000001' }
  expect(rewardPosting({ ...rewarded, earned: '0.000019', legs: [leg] }).legs[1]?.micros).toBe(1n)
})

test.for<[string, Partial<typeof rewarded>]>([
  ['a micropoint too much', { legs: [{ ...annsLeg, amount: '0.800001' }] }],
  ['a micropoint too little', { legs: [{ ...annsLeg, amount: '0.799999' }] }],
  ['nothing', { earned: '0.000001', legs: [{ ...annsLeg, amount: '0.000000' }] }],
  ['less than nothing', { earned: '-8.000000', legs: [{ ...annsLeg, amount: '-0.800000' }] }],
  ['by an unknown rule', { rule: 'referral-rates@0' }],
])('a reward that gives %s is refused for good', ([, changed]) => {
  expect(() => rewardPosting({ ...rewarded, ...changed })).toThrow(
    expect.objectContaining({ code: 'invalid', retry: 'never' }),
  )
})

test('the same reward has the same fingerprint whenever it is told, any other another', () => {
  const of = (changed: Partial<typeof rewarded>) =>
    fingerprintOf(rewardPosting({ ...rewarded, ...changed }))
  expect(of({ rewarded_at: '2026-11-21T10:00:00.000Z' })).toBe(of({}))
  const others = [
    of({}),
    of({ legs: [annsLeg] }),
    of({ legs: [{ ...annsLeg, user_id: 'usr_dan' }, carasLeg] }),
    of({ earned: '9.000000', legs: [{ ...annsLeg, amount: '0.900000' }] }),
    of({ referral_id: 'ref_2' }),
  ]
  expect(new Set(others).size).toBe(others.length)
})
