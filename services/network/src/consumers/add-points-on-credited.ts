import { earnings, toMicros } from '@meshboard/contracts'
import { consumer } from '@meshboard/db'
import type { Deps } from '../deps.ts'

/** Keeps what each connection has earned. A credit that no connection earned is none of ours. */
export const addPointsOnCredited = consumer({
  name: 'addPointsOnCredited',
  event: earnings.events.credited,
  async handle({ data, tx }, { connections }: Deps) {
    if (data.connection_id === undefined) return
    const owned = { id: data.connection_id, userId: data.user_id }
    await connections.addPoints(tx, owned, toMicros(data.amount))
  },
})
