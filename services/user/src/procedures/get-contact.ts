import { user } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'

export const getContact = handler(
  user.procedures.getContact,
  async ({ input, fail }, { database, profiles }: Deps) => {
    const found = (await profiles.find(database.query, input.user_id)) ?? fail('not_found')
    const { username, email } = found
    return { username, ...(email !== null && { email }) }
  },
)
