import { HEADERS, type InputOf, failure, rpcSubjects, type user } from '@meshboard/contracts'
import { decodeJson, encodeJson } from '@meshboard/kit'
import type { TestMesh } from '@meshboard/testkit'

type Profile = InputOf<typeof user.procedures.ensureProfile>

/** Answers `user.ensureProfile` in the place of user, which does not run in tests of auth. */
export interface UserStandIn {
  /** What it was asked to make. */
  readonly profiles: Profile[]
  /** While true it does not know what to do. */
  broken: boolean
  stop(): Promise<void>
}

export const startUserStandIn = async (mesh: TestMesh): Promise<UserStandIn> => {
  const broker = await mesh.brokerOf('user')
  const profiles: Profile[] = []
  const answering = await broker.serve(rpcSubjects('user'), 'user', ({ data, reply }) => {
    if (reply === undefined) return
    if (standIn.broken) {
      const envelope = failure('internal').toEnvelope('0')
      return broker.publish(reply, encodeJson(envelope), { [HEADERS.failure]: envelope.code })
    }
    const profile = decodeJson(data) as Profile
    profiles.push(profile)
    broker.publish(reply, encodeJson({ user_id: profile.user_id }))
  })
  const standIn: UserStandIn = { profiles, broken: false, stop: () => answering.stop() }
  return standIn
}
