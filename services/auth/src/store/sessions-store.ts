import type { DataOf, Role, auth } from '@meshboard/contracts'
import type { Queryable, Tx } from '@meshboard/db'
import { newId } from '@meshboard/kit'
import type { StoredRenewal } from '../domain/refresh-token.ts'

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

/** A session as its refresh token finds it. */
export interface LockedSession extends StoredSession, StoredRenewal {
  readonly userId: string
  readonly roles: readonly Role[]
}

interface Visit {
  userId: string
  /** Absent when a password opened it. */
  keyId?: string | undefined
  address?: string | undefined
  userAgent?: string | undefined
  /** What its refresh token is known again by; absent when it has none. */
  refreshMac?: Buffer
  at: Date
}

interface Ended {
  at: Date
  reason: DataOf<typeof auth.events.sessionRevoked>['reason']
}

interface Owned {
  sessionId: string
  userId: string
}

/** Who is signed in, with which key and from where. */
export interface SessionsStore {
  open(tx: Tx, visit: Visit): Promise<StoredSession>
  /** Nothing when the session is not this user's, or has ended. */
  renew(
    tx: Tx,
    visit: Visit & { keyId: string; sessionId: string },
  ): Promise<StoredSession | undefined>
  /** The session, which nobody else changes until the transaction ends. */
  lock(tx: Tx, sessionId: string): Promise<LockedSession | undefined>
  /** Gives the session its next refresh token. */
  rotate(
    tx: Tx,
    next: { sessionId: string; refreshMac: Buffer; at: Date },
  ): Promise<StoredSession | undefined>
  isLive(tx: Tx, session: Owned & { at: Date }): Promise<boolean>
  /** Whether it was this that ended it. */
  revoke(tx: Tx, session: Owned & Ended): Promise<boolean>
  /** Ends the sessions that a key opened or renewed last; their ids. */
  revokeOfKey(tx: Tx, key: { keyId: string } & Ended): Promise<string[]>
  /** Those revoked since then, the newest first. */
  revokedSince(query: Queryable, since: Date, max: number): Promise<string[]>
  prune(query: Queryable, now: Date): Promise<void>
}

interface Rows<Row> {
  rows: Row[]
}

export const createSessionsStore = ({
  idleMs,
  ageMsMax,
  endedMs,
}: SessionTerms): SessionsStore => ({
  async open(tx, { userId, keyId, address, userAgent, refreshMac, at }) {
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
      refresh_mac: refreshMac,
    })
    return { sessionId, expiresAt }
  },

  async renew(tx, { address = null, userAgent = null, keyId, sessionId, userId, at }) {
    const { rows } = await tx.raw<Rows<StoredSession>>(
      `update sessions set key_id = :keyId, last_used_at = :at,
         address = coalesce(:address, address), user_agent = coalesce(:userAgent, user_agent),
         expires_at = least(:idleEnd, created_at + :ageMsMax * interval '1 millisecond')
       where id = :sessionId and user_id = :userId and revoked_at is null and expires_at > :at
       returning id as "sessionId", expires_at as "expiresAt"`,
      { keyId, sessionId, userId, at, address, userAgent, idleEnd: later(at, idleMs), ageMsMax },
    )
    return rows[0]
  },

  async lock(tx, sessionId) {
    const { rows } = await tx.raw<Rows<LockedSession>>(
      `select sessions.id as "sessionId", user_id as "userId", roles, expires_at as "expiresAt",
         revoked_at as "revokedAt", refresh_mac as mac, previous_refresh_mac as "previousMac",
         refreshed_at as "refreshedAt"
       from sessions join accounts on accounts.id = user_id
       where sessions.id = ? for update of sessions`,
      [sessionId],
    )
    return rows[0]
  },

  async rotate(tx, { sessionId, refreshMac, at }) {
    const { rows } = await tx.raw<Rows<StoredSession>>(
      `update sessions set previous_refresh_mac = refresh_mac, refresh_mac = :refreshMac,
         refreshed_at = :at, last_used_at = :at,
         expires_at = least(:idleEnd, created_at + :ageMsMax * interval '1 millisecond')
       where id = :sessionId returning id as "sessionId", expires_at as "expiresAt"`,
      { sessionId, refreshMac, at, idleEnd: later(at, idleMs), ageMsMax },
    )
    return rows[0]
  },

  async isLive(tx, { sessionId, userId, at }) {
    const found = await tx('sessions')
      .where({ id: sessionId, user_id: userId, revoked_at: null })
      .where('expires_at', '>', at)
      .first('id')
    return found !== undefined
  },

  async revoke(tx, { sessionId, userId, at, reason }) {
    const ended = await tx('sessions')
      .where({ id: sessionId, user_id: userId, revoked_at: null })
      .update({ revoked_at: at, reason })
    return ended > 0
  },

  async revokeOfKey(tx, { keyId, at, reason }) {
    const ended = await tx('sessions')
      .where({ key_id: keyId, revoked_at: null })
      .where('expires_at', '>', at)
      .update({ revoked_at: at, reason })
      .returning<{ id: string }[]>('id')
    return ended.map(({ id }) => id)
  },

  revokedSince: (query, since, max) =>
    query('sessions')
      .where('revoked_at', '>', since)
      .orderBy('revoked_at', 'desc')
      .limit(max)
      .pluck<string[]>('id'),

  async prune(query, now) {
    await query('sessions').where('expires_at', '<', later(now, -endedMs)).delete()
  },
})

const later = (time: Date, ms: number): Date => new Date(time.getTime() + ms)
