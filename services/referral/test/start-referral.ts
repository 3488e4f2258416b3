import { type DataOf, earnings, referral, toPoints, type user } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { type TestMesh, type TestUser, startTestMesh } from '@meshboard/testkit'
import { service } from '../src/index.ts'

const { apply, getCode } = referral.procedures

/** A mesh in which only referral runs; a referee is complete with 0.01 points. */
export const startReferral = async (env: Record<string, string> = {}): Promise<TestMesh> => {
  const mesh = await startTestMesh()
  await mesh.start(service, { REFERRAL_COMPLETION_MICROPOINTS: '10000', ...env })
  return mesh
}

/** A user, and their code. */
export const startReferrer = async (mesh: TestMesh): Promise<TestUser & { code: string }> => {
  const person = await mesh.user()
  return { ...person, ...(await mesh.call(getCode, {}, person)) }
}

/** A user brought by that one. */
export const startReferee = async (mesh: TestMesh, { code }: { code: string }) => {
  const person = await startReferrer(mesh)
  await mesh.call(apply, { code }, person)
  return person
}

type Credited = DataOf<typeof earnings.events.credited>

/** A credit of so many micropoints. */
export const creditOf = (
  { userId }: { userId: string },
  micros: bigint,
  source: Credited['source'] = 'network',
): Credited => ({
  entry_id: newId('entry'),
  user_id: userId,
  amount: toPoints(micros),
  source,
  balance: toPoints(micros),
  timestamp: new Date().toISOString(),
})

/** Credits a user as earnings would. */
export const credit = (mesh: TestMesh, ...args: Parameters<typeof creditOf>): Promise<string> =>
  mesh.deliver(earnings.events.credited, creditOf(...args))

/** What a new profile says. */
export const registrationOf = (
  { userId }: { userId: string },
  profile: { username?: string; referral_code?: string } = {},
): DataOf<typeof user.events.registered> => ({
  user_id: userId,
  username: 'somebody',
  created_at: new Date().toISOString(),
  ...profile,
})

type Told = 'applied' | 'completed' | 'rewardEarned'

/** What screens were told of that referee. */
export const toldOf = async (mesh: TestMesh, event: Told, { userId }: { userId: string }) =>
  (await mesh.published(referral.events[event])).filter(({ referee_id }) => referee_id === userId)

/** The rewards that were raised for that referee. */
export const rewardsOf = async (mesh: TestMesh, { userId }: { userId: string }) =>
  (await mesh.published(referral.events.rewarded)).filter(({ referee_id }) => referee_id === userId)
