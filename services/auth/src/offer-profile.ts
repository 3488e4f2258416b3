import { Failure, user } from '@meshboard/contracts'
import type { Logger } from '@meshboard/kit'
import type { Deps } from './deps.ts'

interface NewProfile {
  userId: string
  username: string
  email: string | undefined
  referralCode: string | undefined
  at: Date
}

/** What is left of the caller's patience for the answer itself, milliseconds. */
const ANSWER_MS = 250

/**
 * Has user make the profile at once, so that its owner reads their own write. When user is away the
 * event `accountCreated` does the same later, so nothing fails here.
 */
export const offerProfile = async (
  profile: NewProfile,
  { deadline, log }: { deadline: number; log: Logger },
  { rpc }: Deps,
): Promise<void> => {
  const { userId, username, email, referralCode, at } = profile
  const input = {
    user_id: userId,
    username,
    ...(email !== undefined && { email }),
    ...(referralCode !== undefined && { referral_code: referralCode }),
    created_at: at.toISOString(),
  }
  try {
    await rpc.call(user.procedures.ensureProfile, input, { deadline: deadline - ANSWER_MS })
  } catch (error) {
    const code = error instanceof Failure ? error.code : 'internal'
    log.warn({ code, user_id: userId }, 'user did not take the profile yet, the event will do')
  }
}
