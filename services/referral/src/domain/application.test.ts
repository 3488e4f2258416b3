import { expect, test } from 'vitest'
import { type Application, refusalOf } from './application.ts'

const bobAppliesAnns: Application = {
  refereeId: 'bob',
  referrerId: 'ann',
  earlierReferrerId: undefined,
  above: [],
}

test.for<[string, Partial<Application>, string | undefined]>([
  ["somebody else's", {}, undefined],
  ["somebody else's, whom others had brought", { above: ['cara', 'dan'] }, undefined],
  ['the same one again', { earlierReferrerId: 'ann' }, undefined],
  ['a second one', { earlierReferrerId: 'cara' }, 'already_referred'],
  ['the own one', { referrerId: 'bob' }, 'own_code'],
  ['that of whom one has brought', { above: ['bob'] }, 'circular_referral'],
  ['that of one far below', { above: ['cara', 'dan', 'bob', 'eve'] }, 'circular_referral'],
])('of a code that is %s the outcome is known', ([, known, refusal]) => {
  expect(refusalOf({ ...bobAppliesAnns, ...known })).toBe(refusal)
})
