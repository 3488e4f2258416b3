import type { Queryable, Tx } from '@meshboard/db'
import { newId } from '@meshboard/kit'

/** How long sessions live and are kept, milliseconds. */
interface SessionTerms {
  /** A session not renewed for so long ends. */
  readonly idleMs: number
  /** However often it is renewed, it ends at this age. */
  readonly ageMsMax: number
  /** Its row is kept for so long after its end. */
  readonly endedMs: number
}

interface StoredSession {
  readonly sessionId: string
  readonly expiresAt: Date
}

interface Visit {
  userId: string
  keyId: string
  address?: string | undefined
  userAgent?: string | undefined
  at: Date
}

/** Who is signed in, with which key and from where. */
export interface SessionsStore {
  open(tx: Tx, visit: Visit): Promise<StoredSession>
  /** Nothing when the session is not this user's, or has ended. */
  renew(tx: Tx, visit: Visit & { sessionId: string }): Promise<StoredSession | undefined>
  prune(query: Queryable, now: Date): Promise<void>
}

export const createSessionsStore = ({
  idleMs,
  ageMsMax,
  endedMs,
}: SessionTerms): SessionsStore => ({
  async open(tx, { userId, keyId, address, userAgent, at }) {
    const sessionId = newId('session')
    const expiresAt = later(at, Math.min(idleMs, ageMsMax))
    await tx('sessions').insert({
      id: sessionId,
      user_id: userId,
      key_id: keyId,
      address,
      user_agent: userAgent,
      created_at: at,
      last_used_at: at,
      expires_at: expiresAt,
    })
    return { sessionId, expiresAt }
  },

  async renew(tx, { address = null, userAgent = null, ...visit }) {
    const { rows } = await tx.raw<{ rows: StoredSession[] }>(
      `update sessions set key_id = :keyId, last_used_at = :at,
         address = coalesce(:address, address), user_agent = coalesce(:userAgent, user_agent),
         expires_at = least(:idleEnd, created_at + :ageMsMax * interval '1 millisecond')
       where id = :sessionId and user_id = :userId and revoked_at is null and expires_at > :at
       returning id as "sessionId", expires_at as "expiresAt"`,
      { ...visit, address, userAgent, idleEnd: later(visit.at, idleMs), ageMsMax },
    )
    return rows[0]
  },

  async prune(query, now) {
    await query('sessions').where('expires_at', '<', later(now, -endedMs)).delete()
  },
})

const later = (time: Date, ms: number): Date => new Date(time.getTime() + ms)
