import { user } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'

/** Once user has the e-mail address, it is nowhere else. */
export const forgetPendingProfileOnRegistered = consumer({
  name: 'forgetPendingProfileOnRegistered',
  event: user.events.registered,
  replayable: true,
  handle: ({ data, tx }, { pendingProfiles }: Deps) => pendingProfiles.remove(tx, data.user_id),
})
