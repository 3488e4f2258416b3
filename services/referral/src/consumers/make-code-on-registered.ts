import { user } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'

/** Who has asked for a code before this arrives keeps that one. */
export const makeCodeOnRegistered = consumer({
  name: 'makeCodeOnRegistered',
  event: user.events.registered,
  replayable: true,
  async handle({ data, tx }, { codes }: Deps) {
    await codes.ensure(tx, { userId: data.user_id, username: data.username })
  },
})
