import { auth } from '@meshboard/contracts'
import { handler } from '@meshboard/db'
import type { Deps } from '../deps.ts'

const SESSIONS_MAX = 10_000

export const listRevoked = handler(
  auth.procedures.listRevoked,
  async (_context, { database, sessions, limits }: Deps) => {
    const since = new Date(Date.now() - limits.accessTokenSeconds * 1_000)
    return { session_ids: await sessions.revokedSince(database.query, since, SESSIONS_MAX) }
  },
)
