import { type Database, openDatabase } from '@meshboard/db'
import type { Opening } from '@meshboard/kit'
import { migrations } from '../migrations/index.ts'
import { type AccessTokens, createAccessTokens } from './access-tokens.ts'
import type { Config } from './config.ts'
import type { ChallengeTerms } from './domain/challenge.ts'
import { type SigningKeys, readSigningKeys } from './signing-keys.ts'
import { accountsStore } from './store/accounts-store.ts'
import { type SessionsStore, createSessionsStore } from './store/sessions-store.ts'
import { usedProofsStore } from './store/used-proofs-store.ts'

const DAY_MS = 24 * 60 * 60 * 1000

export interface Deps {
  readonly database: Database
  readonly accounts: typeof accountsStore
  readonly sessions: SessionsStore
  readonly usedProofs: typeof usedProofsStore
  readonly challenges: ChallengeTerms
  readonly keys: SigningKeys
  readonly tokens: AccessTokens
}

export const openDeps = async (opening: Opening<Config>): Promise<Deps> => {
  const { config } = opening
  const keys = await readSigningKeys(config.signingKeyFiles)
  return {
    database: await openDatabase(opening, migrations),
    accounts: accountsStore,
    sessions: createSessionsStore({
      idleMs: config.sessionIdleDays * DAY_MS,
      ageMsMax: config.sessionDaysMax * DAY_MS,
      endedMs: config.endedSessionDays * DAY_MS,
    }),
    usedProofs: usedProofsStore,
    challenges: {
      secret: keys[0].challengeSecret,
      secrets: keys.map(({ challengeSecret }) => challengeSecret),
      lifeMs: config.challengeSeconds * 1000,
    },
    keys,
    tokens: createAccessTokens(keys[0], config.accessTokenSeconds),
  }
}
