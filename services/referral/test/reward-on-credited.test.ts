import { type OutputOf, earnings, referral } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { type TestMesh, type TestUser, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  credit,
  creditOf,
  rewardsOf,
  startReferee,
  startReferral,
  startReferrer,
  toldOf,
} from './start-referral.ts'

const { credited } = earnings.events
const { list } = referral.procedures

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startReferral()
})
afterAll(() => mesh.stop())

/** Cara has brought Ann, who has brought Bob. */
const startTree = async () => {
  const cara = await startReferrer(mesh)
  const ann = await startReferee(mesh, cara)
  return { cara, ann, bob: await startReferee(mesh, ann) }
}

const referralTo = async (referrer: TestUser, { userId }: TestUser) => {
  const { referrals } = await mesh.call(list, {}, referrer)
  return referrals.find(({ referee_id }) => referee_id === userId)!
}

test('ten minutes at score 80 give the referrer 0.8 points and the one above 0.4', async () => {
  const { cara, ann, bob } = await startTree()
  await credit(mesh, bob, 8_000_000n)
  const first = await referralTo(ann, bob)
  expect(await rewardsOf(mesh, bob)).toEqual([
    {
      referral_id: first.id,
      referee_id: bob.userId,
      earned: '8.000000',
      legs: [
        { user_id: ann.userId, level: 1, amount: '0.800000', rate: '0.100000' },
        { user_id: cara.userId, level: 2, amount: '0.400000', rate: '0.050000' },
      ],
      rule: 'referral-rates@1',
      rewarded_at: first.rewarded_at,
    },
  ])
  expect(first).toMatchObject({ status: 'rewarded', points: '0.800000' })
  expect(first.completed_at).toBe(first.rewarded_at)
  expect(await referralTo(cara, bob)).toMatchObject({ status: 'rewarded', points: '0.400000' })
})

test('all sides are told of the completion, and who gets points of the points', async () => {
  const { cara, ann, bob } = await startTree()
  await credit(mesh, bob, 8_000_000n)
  const of = ({ id, referrer_id, referee_id, level, rewarded_at }: Referral, user_id: string) => ({
    ...{ user_id, referral_id: id, referrer_id, referee_id, level, at: rewarded_at },
  })
  const [first, second] = [await referralTo(ann, bob), await referralTo(cara, bob)]
  const completed = await toldOf(mesh, 'completed', bob)
  expect(completed).toHaveLength(3)
  expect(completed).toEqual(
    expect.arrayContaining([
      { ...of(first, bob.userId), status: 'completed' },
      { ...of(first, ann.userId), status: 'completed' },
      { ...of(second, cara.userId), status: 'completed' },
    ]),
  )
  const earned = await toldOf(mesh, 'rewardEarned', bob)
  expect(earned).toHaveLength(2)
  expect(earned).toEqual(
    expect.arrayContaining([
      { ...of(first, ann.userId), status: 'rewarded', points: '0.800000' },
      { ...of(second, cara.userId), status: 'rewarded', points: '0.400000' },
    ]),
  )
})

type Referral = OutputOf<typeof list>['referrals'][number]

test('nothing is completed until the sum is reached, then everything earned counts', async () => {
  const { ann, bob } = await startTree()
  await credit(mesh, bob, 4_000n)
  await credit(mesh, bob, 5_999n, 'bonus')
  expect(await rewardsOf(mesh, bob)).toEqual([])
  expect(await referralTo(ann, bob)).toMatchObject({ status: 'pending', points: '0.000000' })
  await credit(mesh, bob, 1n)
  expect(await rewardsOf(mesh, bob)).toMatchObject([
    { earned: '0.010000', legs: [{ amount: '0.001000' }, { amount: '0.000500' }] },
  ])
})

test('a referee is rewarded for once, whatever is earned later', async () => {
  const { ann, bob } = await startTree()
  await credit(mesh, bob, 10_000n)
  await credit(mesh, bob, 50_000_000n)
  expect(await rewardsOf(mesh, bob)).toHaveLength(1)
  expect(await referralTo(ann, bob)).toMatchObject({ status: 'rewarded', points: '0.001000' })
})

test('a reward earns no reward', async () => {
  const { bob } = await startTree()
  await credit(mesh, bob, 8_000_000n, 'referral')
  expect(await rewardsOf(mesh, bob)).toEqual([])
  await credit(mesh, bob, 10_000n)
  expect(await rewardsOf(mesh, bob)).toMatchObject([{ earned: '0.010000' }])
})

test('a credit delivered twice counts once', async () => {
  const { bob } = await startTree()
  const data = creditOf(bob, 6_000n)
  const id = await mesh.deliver(credited, data)
  await mesh.deliver(credited, data, { id, again: true })
  expect(await rewardsOf(mesh, bob)).toEqual([])
  await credit(mesh, bob, 6_000n)
  expect(await rewardsOf(mesh, bob)).toMatchObject([{ earned: '0.012000' }])
})

test('many credits at once all count, and reward once', async () => {
  const { bob } = await startTree()
  await Promise.all(
    Array.from({ length: 20 }, (_, nth) =>
      mesh.deliver(credited, creditOf(bob, 500n), { n: nth + 1 }),
    ),
  )
  expect(await rewardsOf(mesh, bob)).toMatchObject([{ earned: '0.010000' }])
})

test('a credit waits for one that another process counts, and both count', async () => {
  const { bob } = await startTree()
  const other = await mesh.admin.transaction()
  await other.raw('update referral.referrals set earned_micros = 9000 where referee_id = ?', [
    bob.userId,
  ])
  const delivered = credit(mesh, bob, 1_000n)
  await until(async () => (await waiting()) === 1)
  await other.commit()
  await delivered
  expect(await rewardsOf(mesh, bob)).toMatchObject([{ earned: '0.010000' }])
})

const waiting = async (): Promise<number> => {
  const { rows } = await mesh.admin.raw<{ rows: unknown[] }>(
    `select from pg_stat_activity
     where datname = current_database() and application_name = 'referral' and wait_event_type = 'Lock'`,
  )
  return rows.length
}

test('what was earned before a code was applied does not count', async () => {
  const ann = await startReferrer(mesh)
  const bob = await startReferrer(mesh)
  await credit(mesh, bob, 9_999n)
  await mesh.call(referral.procedures.apply, { code: ann.code }, bob)
  await credit(mesh, bob, 9_999n)
  expect(await rewardsOf(mesh, bob)).toEqual([])
})

test('what nobody was brought for rewards nobody', async () => {
  const stranger = { userId: newId('user') }
  await credit(mesh, stranger, 8_000_000n)
  expect(await rewardsOf(mesh, stranger)).toEqual([])
})

test('with one level nobody above the referrer is tied', async () => {
  const flat = await startReferral({ REFERRAL_LEVELS: '1' })
  const cara = await startReferrer(flat)
  const ann = await startReferee(flat, cara)
  const bob = await startReferee(flat, ann)
  await credit(flat, bob, 8_000_000n)
  expect((await rewardsOf(flat, bob))[0]?.legs).toMatchObject([{ user_id: ann.userId }])
  expect((await flat.call(list, {}, cara)).referrals).toHaveLength(1)
  await flat.stop()
})
