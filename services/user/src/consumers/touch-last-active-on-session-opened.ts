import { auth } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'

export const touchLastActiveOnSessionOpened = consumer({
  name: 'touchLastActiveOnSessionOpened',
  event: auth.events.sessionOpened,
  replayable: true,
  handle: ({ data, tx }, { activity }: Deps) =>
    activity.touch(tx, { userId: data.user_id, at: new Date(data.opened_at) }),
})
