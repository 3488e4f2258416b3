// Shows: M3 (part), M4 (part)
import { earnings, referral, toMicros, user } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import type { TestMesh, TestUser } from '@meshboard/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  creditOf,
  registrationOf,
  rewardsOf,
  startReferee,
  startReferral,
  startReferrer,
  toldOf,
} from './start-referral.ts'

const { apply } = referral.procedures
const COMPLETION = 10_000n
const RUNS = 10
/** To replay a run, put the seed of its report here. */
const SEED = Date.now() % 2 ** 31

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startReferral({ REFERRAL_COMPLETION_MICROPOINTS: String(COMPLETION) })
})
afterAll(() => mesh.stop())

/** Something that happens to a referee: the code comes in, or a credit, numbered from 0. */
type Step = 'registered' | 'apply' | number

/** Each credit, each way the code comes in, and repeats of some, in any order. */
const history = fc
  .record({
    micros: fc.array(fc.bigInt({ min: 1n, max: 6_000n }), { minLength: 2, maxLength: 5 }),
    repeats: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
    ways: fc.constantFrom<Step[]>(['registered'], ['apply'], ['registered', 'apply']),
  })
  .chain(({ micros, repeats, ways }) => {
    const once: Step[] = [...ways, ...micros.keys()]
    const again = repeats.map((place) => once[place % once.length]!)
    const all = [...once, ...again]
    return fc.record({
      micros: fc.constant(micros),
      steps: fc.shuffledSubarray(all, { minLength: all.length }),
    })
  })

interface History {
  micros: readonly bigint[]
  steps: readonly Step[]
}

/** What the referee has earned when the reward is made; undefined when it never is. */
const earnedBy = ({ micros, steps }: History): bigint | undefined => {
  const seen = new Set<Step>()
  let sum: bigint | undefined
  for (const step of steps) {
    if (seen.has(step)) continue
    seen.add(step)
    if (typeof step !== 'number') sum ??= 0n
    else if (sum !== undefined) sum += micros[step]!
    if (sum !== undefined && sum >= COMPLETION) return sum
  }
  return undefined
}

const live = async (bob: TestUser, code: string, { micros, steps }: History) => {
  const registration = { data: registrationOf(bob, { referral_code: code }), id: newId('event') }
  const credits = micros.map((amount) => ({ data: creditOf(bob, amount), id: newId('event') }))
  const seen = new Set<Step>()
  for (const step of steps) {
    const again = seen.has(step)
    seen.add(step)
    if (step === 'apply') await mesh.call(apply, { code }, bob)
    else if (step === 'registered')
      await mesh.deliver(user.events.registered, registration.data, { id: registration.id, again })
    else {
      const { data, id } = credits[step]!
      await mesh.deliver(earnings.events.credited, data, { id, again })
    }
  }
}

test(`in any order, and however often all comes, each is rewarded once (seed ${SEED})`, async () => {
  const cara = await startReferrer(mesh)
  const ann = await startReferee(mesh, cara)
  const histories = fc.sample(history, { numRuns: RUNS, seed: SEED })
  const outcomes = await Promise.all(
    histories.map(async (events) => {
      const bob = await mesh.user()
      await live(bob, ann.code, events)
      return { bob, earned: earnedBy(events) }
    }),
  )
  for (const { bob, earned } of outcomes) {
    const rewards = await rewardsOf(mesh, bob)
    const amounts = earned === undefined ? [] : [earned / 10n, earned / 20n]
    expect(rewards.flatMap(({ legs }) => legs.map(({ amount }) => toMicros(amount)))).toEqual(
      amounts,
    )
    expect(await toldOf(mesh, 'applied', bob)).toHaveLength(3)
    expect(await toldOf(mesh, 'rewardEarned', bob)).toHaveLength(amounts.length)
  }
})

test('everything at the same time, and all of it again, is rewarded once', async () => {
  const cara = await startReferrer(mesh)
  const ann = await startReferee(mesh, cara)
  const referees = await Promise.all(Array.from({ length: 3 }, () => startReferee(mesh, ann)))
  const credits = referees.flatMap((bob) =>
    Array.from({ length: 5 }, () => ({ data: creditOf(bob, COMPLETION / 5n), id: newId('event') })),
  )
  const registrations = referees.map((bob) => registrationOf(bob, { referral_code: cara.code }))
  for (const again of [false, true]) {
    await Promise.all([
      ...credits.map(({ data, id }) => mesh.deliver(earnings.events.credited, data, { id, again })),
      ...registrations.map((data) => mesh.deliver(user.events.registered, data)),
      ...referees.map((bob) => mesh.call(apply, { code: ann.code }, bob)),
    ])
  }
  for (const bob of referees)
    expect(await rewardsOf(mesh, bob)).toMatchObject([
      {
        earned: '0.010000',
        legs: [
          { user_id: ann.userId, amount: '0.001000' },
          { user_id: cara.userId, amount: '0.000500' },
        ],
      },
    ])
})
