import type { Queryable, Tx } from '@meshboard/db'
import { newId } from '@meshboard/kit'
import type { Code } from '../domain/code.ts'
import type { Referral, Status } from '../domain/referral.ts'
import { type ReferralRow, toReferral } from './referral-row.ts'

/** A referrer's referrals of one status. */
export interface Tally {
  readonly status: Status
  readonly count: number
  readonly pointsMicros: bigint
}

interface Rows<Row> {
  rows: Row[]
}

/** Every statement about the table `referrals`. */
export const referralsStore = {
  /**
   * Makes all other applications wait: two that are fine alone can close a circle together, however
   * far apart their users are in the tree. A user applies once in a life.
   */
  async claimTree(tx: Tx): Promise<void> {
    await tx.raw("select pg_advisory_xact_lock(hashtextextended('referral tree', 0))")
  },

  /** Who brought the user, if anybody did: the referral of the first level. */
  async bringing(tx: Tx, refereeId: string): Promise<Referral | undefined> {
    const { rows } = await tx.raw<Rows<ReferralRow>>(
      'select * from referrals where referee_id = ? and level = 1',
      [refereeId],
    )
    return rows[0] && toReferral(rows[0])
  },

  /** Who brought the user, who brought that one, and so on to the top. */
  async above(tx: Tx, userId: string): Promise<string[]> {
    const { rows } = await tx.raw<Rows<{ referrer_id: string }>>(ABOVE, [userId])
    return rows.map((row) => row.referrer_id)
  },

  /** Stores a referee under a code's owner, and under those `above` that are within `levels`. */
  async attach(
    tx: Tx,
    made: { code: Code; refereeId: string; above: readonly string[]; levels: number },
  ): Promise<Referral[]> {
    const referrers = [made.code.userId, ...made.above].slice(0, made.levels)
    const { rows } = await tx.raw<Rows<ReferralRow>>(ATTACH, [
      made.refereeId,
      made.code.code,
      referrers.map(() => newId('referral')),
      referrers,
    ])
    return rows.map(toReferral)
  },

  /** The referee's referrals that wait for more, the first level first; nobody else changes them. */
  async lockPending(tx: Tx, refereeId: string): Promise<Referral[]> {
    const { rows } = await tx.raw<Rows<ReferralRow>>(
      `select * from referrals where referee_id = ? and status = 'pending'
       order by level for update`,
      [refereeId],
    )
    return rows.map(toReferral)
  },

  async saveEarned(tx: Tx, pending: readonly Referral[]): Promise<void> {
    for (const { id, earnedMicros } of pending)
      await tx.raw('update referrals set earned_micros = ? where id = ?', [
        earnedMicros.toString(),
        id,
      ])
  },

  /** Completes and rewards, with what was earned and what it gives. */
  async saveRewarded(tx: Tx, due: readonly Referral[]): Promise<Referral[]> {
    const saved: Referral[] = []
    for (const { id, earnedMicros, pointsMicros } of due) {
      const { rows } = await tx.raw<Rows<ReferralRow>>(
        `update referrals set status = 'rewarded', earned_micros = ?, points_micros = ?,
           completed_at = now(), rewarded_at = now()
         where id = ? returning *`,
        [earnedMicros.toString(), pointsMicros.toString(), id],
      )
      saved.push(...rows.map(toReferral))
    }
    return saved
  },

  /** The newest first; with `before` those behind that one. */
  async listOf(
    query: Queryable,
    page: { referrerId: string; before: string | undefined; max: number },
  ): Promise<Referral[]> {
    const { rows } = await query.raw<Rows<ReferralRow>>(
      `select * from referrals where referrer_id = ? and id < coalesce(?, '~')
       order by id desc limit ?`,
      [page.referrerId, page.before ?? null, page.max],
    )
    return rows.map(toReferral)
  },

  async tallyOf(query: Queryable, referrerId: string): Promise<Tally[]> {
    const { rows } = await query.raw<Rows<{ status: Status; count: number; micros: string }>>(
      `select status, count(*)::int as count, sum(points_micros)::text as micros
       from referrals where referrer_id = ? group by status`,
      [referrerId],
    )
    return rows.map(({ status, count, micros }) => ({
      status,
      count,
      pointsMicros: BigInt(micros),
    }))
  },
}

const ABOVE = `
  with recursive above as (
    select referrer_id, 1 as step from referrals where referee_id = ? and level = 1
    union all
    select referrals.referrer_id, step + 1
    from above join referrals on referee_id = above.referrer_id and level = 1
  )
  select referrer_id from above order by step`

const ATTACH = `
  insert into referrals (id, referrer_id, referee_id, code, level)
  select id, referrer_id, ?, ?, level
  from unnest(?::text[], ?::text[]) with ordinality as made (id, referrer_id, level)
  order by level returning *`
