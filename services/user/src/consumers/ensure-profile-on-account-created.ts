import { Failure, auth } from '@meshboard/contracts'
import type { Consumer } from '@meshboard/kit'
import { createProfile } from '../create-profile.ts'
import type { Deps } from '../deps.ts'

/**
 * Makes the profile of an account that could not bring it along. What the profile begins with is
 * asked for before the transaction, and making it twice changes nothing, so no inbox is needed.
 */
export const ensureProfileOnAccountCreated: Consumer<Deps, typeof auth.events.accountCreated> = {
  name: 'ensureProfileOnAccountCreated',
  event: auth.events.accountCreated,
  replayable: true,
  async handle({ data }, deps) {
    const { user_id, username, created_at } = data
    const pending = await pendingProfileOf(user_id, deps)
    const asked = { username, ...pending, user_id, created_at }
    await deps.database.transaction((tx) => createProfile(tx, asked, deps))
  },
}

/** Nothing when auth has let go of it, as it does once there is a profile. */
const pendingProfileOf = async (user_id: string, { rpc }: Deps) => {
  try {
    return await rpc.call(auth.procedures.getPendingProfile, { user_id })
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return undefined
    throw error
  }
}
