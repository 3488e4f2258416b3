import { type InputOf, user } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { type TestMesh, startTestMesh } from '@meshboard/testkit'
import { service } from '../src/index.ts'

/** A mesh in which only user runs. */
export const startUser = async (env: Record<string, string> = {}): Promise<TestMesh> => {
  const mesh = await startTestMesh()
  await mesh.start(service, env)
  return mesh
}

type NewProfile = InputOf<typeof user.procedures.ensureProfile>

/** A profile as auth asks for it; what is absent is made up. */
export const aProfile = (given: Partial<NewProfile> = {}): NewProfile => ({
  user_id: newId('user'),
  username: `u${newId('user').slice(-24)}`,
  created_at: new Date().toISOString(),
  ...given,
})

/** Somebody signed in who has a profile. */
export const aUser = async (mesh: TestMesh, given: Partial<NewProfile> = {}) => {
  const caller = await mesh.user()
  const profile = aProfile({ ...given, user_id: caller.userId })
  await mesh.call(user.procedures.ensureProfile, profile)
  return { caller, profile }
}
