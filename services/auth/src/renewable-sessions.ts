import { type KeyObject, randomBytes } from 'node:crypto'
import { type OutputOf, type Role, auth } from '@meshboard/contracts'
import type { Tx } from '@meshboard/db'
import type { AccessTokens } from './access-tokens.ts'
import { type RefreshToken, SECRET_BYTES, macOf, toText } from './domain/refresh-token.ts'
import type { SessionsStore } from './store/sessions-store.ts'

type Answer = OutputOf<typeof auth.procedures.refresh>

/** Who signs in; with a key, or else with a password. */
interface Visit {
  userId: string
  roles: readonly Role[]
  keyId?: string
  at: Date
}

interface Renewed {
  userId: string
  roles: readonly Role[]
  expiresAt: Date
  token: RefreshToken
  at: Date
}

/** Sessions that are opened over REST: they come with a refresh token. */
export interface RenewableSessions {
  /** Opens one, and tells of it in the same transaction. */
  open(tx: Tx, visit: Visit): Promise<Answer>
  /** A session as the contract has it, with `token` as what renews it next. */
  answer(renewed: Renewed): Promise<Answer>
}

export const createRenewableSessions = ({
  sessions,
  tokens,
  pepper,
}: {
  sessions: SessionsStore
  tokens: AccessTokens
  pepper: KeyObject
}): RenewableSessions => {
  const answer: RenewableSessions['answer'] = async ({ token, at, ...session }) => ({
    ...(await tokens.issue({ ...session, sessionId: token.sessionId }, at)),
    refresh_token: toText(token),
    refresh_expires_at: session.expiresAt.toISOString(),
  })
  return {
    answer,
    async open(tx, { userId, roles, keyId, at }) {
      const secret = randomBytes(SECRET_BYTES)
      const visit = { userId, keyId, refreshMac: macOf({ secret, pepper }), at }
      const { sessionId, expiresAt } = await sessions.open(tx, visit)
      await tx.publish(auth.events.sessionOpened, {
        user_id: userId,
        session_id: sessionId,
        opened_at: at.toISOString(),
      })
      return answer({ userId, roles, expiresAt, token: { sessionId, secret, pepper }, at })
    },
  }
}
