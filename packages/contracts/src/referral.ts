import { z } from 'zod'
import { channel, contract, event, procedure } from './define.ts'
import { Cursor, PageSize, Points, ReferralCode, ReferralId, Timestamp, UserId } from './values.ts'

/** One user brought by another. */
export const Referral = z.object({
  id: ReferralId,
  referrer_id: UserId,
  referee_id: UserId,
  code: ReferralCode,
  /** 1: brought by the referrer themselves. */
  level: z.int().min(1).max(10),
  /** `completed`: the referee has earned enough; `rewarded`: the points are in the ledger. */
  status: z.enum(['pending', 'completed', 'rewarded', 'rejected']),
  /** What the referrer got for it. */
  points: Points,
  created_at: Timestamp,
  completed_at: Timestamp.optional(),
  rewarded_at: Timestamp.optional(),
})

const getCode = procedure({
  name: 'referral.getCode',
  summary: "The caller's own code, made when first asked for.",
  access: 'user',
  http: 'GET /api/referrals/code',
  socket: true,
  idempotent: true,
  timeoutMs: 3_000,
  input: z.object({}),
  output: z.object({ code: ReferralCode }),
})

const apply = procedure({
  name: 'referral.apply',
  summary: 'Says who brought the caller here, once.',
  access: 'user',
  http: 'POST /api/referrals/apply',
  socket: true,
  idempotent: true,
  timeoutMs: 3_000,
  input: z.object({ code: ReferralCode }),
  output: Referral,
  failures: {
    unknown_code: { status: 422, retry: 'never', message: 'Nobody has this code.' },
    own_code: { status: 422, retry: 'never', message: 'That is your own code.' },
    already_referred: { status: 409, retry: 'never', message: 'A code was applied before.' },
    circular_referral: {
      status: 422,
      retry: 'never',
      message: 'You brought this user here yourself.',
    },
  },
})

const list = procedure({
  name: 'referral.list',
  summary: 'Whom the caller brought here, the newest first.',
  access: 'user',
  http: 'GET /api/referrals',
  socket: true,
  idempotent: true,
  timeoutMs: 2_000,
  priority: 'sheddable',
  input: z.object({ limit: PageSize.optional(), cursor: Cursor.optional() }),
  output: z.object({ referrals: z.array(Referral), next_cursor: Cursor.optional() }),
})

const statistics = procedure({
  name: 'referral.statistics',
  summary: 'How many the caller brought here, and what they got for it.',
  access: 'user',
  http: 'GET /api/referrals/statistics',
  socket: true,
  idempotent: true,
  timeoutMs: 2_000,
  priority: 'sheddable',
  input: z.object({}),
  output: z.object({
    total: z.int().min(0),
    pending: z.int().min(0),
    completed: z.int().min(0),
    rewarded: z.int().min(0),
    points: Points,
  }),
})

/** What a screen shows of a referral, for the user it is told to. */
const Told = Referral.pick({
  referrer_id: true,
  referee_id: true,
  level: true,
  status: true,
}).extend({
  user_id: UserId,
  referral_id: ReferralId,
  /** What this user got, in the events that give something. */
  points: Points.optional(),
  at: Timestamp,
})

const applied = event({
  name: 'referral.applied',
  summary: 'A code was applied; told to both sides.',
  topic: 'referrals',
  key: 'user_id',
  update: 'referral_update',
  data: Told,
  keepDays: 30,
})

const completed = event({
  name: 'referral.completed',
  summary: 'A referee has earned enough; told to both sides.',
  topic: 'referrals',
  key: 'user_id',
  update: 'referral_update',
  data: Told,
  keepDays: 30,
})

const rewardEarned = event({
  name: 'referral.rewardEarned',
  summary: 'A user gets points for a referral; told to that user.',
  topic: 'referrals',
  key: 'user_id',
  update: 'referral_update',
  data: Told.extend({ points: Points }),
  keepDays: 30,
})

const rewarded = event({
  name: 'referral.rewarded',
  summary: 'All that one reward gives, for the ledger: one event, one transaction.',
  topic: 'rewards',
  key: 'referral_id',
  data: z.object({
    referral_id: ReferralId,
    referee_id: UserId,
    /** What the referee had earned when the reward was made. */
    earned: Points,
    legs: z
      .array(
        z.object({
          user_id: UserId,
          level: z.int().min(1).max(10),
          amount: Points,
          /** A fraction, `0.100000`. */
          rate: Points,
        }),
      )
      .min(1)
      .max(10),
    /** The rate table and its version, `referral-rates@1`. */
    rule: z.string(),
    rewarded_at: Timestamp,
  }),
  keepDays: 30,
})

/** Who brought whom, and what that earned. */
export const referral = contract('referral', {
  version: '1.0.0',
  owner: 'team-growth',
  summary: 'Who brought whom, and what that earned.',
  procedures: { getCode, apply, list, statistics },
  events: { applied, completed, rewardEarned, rewarded },
  channels: {
    referrals: channel({ class: 'log', topic: 'referrals', audience: 'self', snapshot: list }),
  },
})
