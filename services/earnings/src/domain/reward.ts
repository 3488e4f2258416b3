import {
  type DataOf,
  type Failure,
  MICROS_PER_POINT,
  failure,
  type referral,
  toMicros,
} from '@meshboard/contracts'
import { issuingAccountOf } from './issuing-account.ts'
import type { Leg, Posting } from './posting.ts'
import { type RuleName, isRuleName } from './rules.ts'

type Rewarded = DataOf<typeof referral.events.rewarded>

/**
 * What a reward posts: its legs, and the one that they come from. Throws the failure `invalid`, which
 * no repetition mends, when a leg is not what the formula gives: its entry could not be explained.
 */
export const rewardPosting = (rewarded: Rewarded): Posting => {
  const legs = rewarded.legs.map((leg) => toLeg(leg, rewarded))
  const total = legs.reduce((sum, { micros }) => sum + micros, 0n)
  const issuing = issuingAccountOf(rewarded.referee_id)
  return {
    source: 'referral',
    sourceId: rewarded.referral_id,
    rule: toRule(rewarded.rule),
    legs: [{ accountId: issuing, micros: -total, inputs: { earned: rewarded.earned } }, ...legs],
  }
}

const toLeg = (leg: Rewarded['legs'][number], { earned }: Rewarded): Leg => {
  const micros = toMicros(leg.amount)
  const due = (toMicros(earned) * toMicros(leg.rate)) / MICROS_PER_POINT
  if (micros !== due) throw unusable(`${earned} × ${leg.rate} is not ${leg.amount}`)
  if (micros <= 0n) throw unusable(`a leg gives ${leg.amount}`)
  const inputs = { earned, rate: leg.rate, level: String(leg.level) }
  return { accountId: leg.user_id, micros, inputs }
}

const toRule = (name: string): RuleName => {
  if (isRuleName(name)) return name
  throw unusable(`there is no rule ${name}`)
}

const unusable = (reason: string): Failure =>
  failure('invalid', { message: `The reward cannot be posted: ${reason}.` })
