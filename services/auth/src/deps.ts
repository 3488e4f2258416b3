import { type Database, openDatabase } from '@meshboard/db'
import type { Opening, RpcClient } from '@meshboard/kit'
import { migrations } from '../migrations/index.ts'
import { type AccessTokens, createAccessTokens } from './access-tokens.ts'
import type { Config } from './config.ts'
import type { ChallengeTerms } from './domain/challenge.ts'
import { createHashingQueue } from './hashing-queue.ts'
import { type Passwords, createPasswords } from './passwords.ts'
import { type Peppers, readPeppers } from './peppers.ts'
import { type RenewableSessions, createRenewableSessions } from './renewable-sessions.ts'
import { type SigningKeys, readSigningKeys } from './signing-keys.ts'
import { accountsStore } from './store/accounts-store.ts'
import { keysStore } from './store/keys-store.ts'
import { pendingProfilesStore } from './store/pending-profiles-store.ts'
import { type SessionsStore, createSessionsStore } from './store/sessions-store.ts'
import { usedProofsStore } from './store/used-proofs-store.ts'

const DAY_MS = 24 * 60 * 60 * 1000

const PASSWORD_PASSES = 1

/** What the handlers need. */
export interface Deps {
  readonly database: Database
  readonly rpc: RpcClient
  readonly accounts: typeof accountsStore
  readonly keys: typeof keysStore
  readonly pendingProfiles: typeof pendingProfilesStore
  readonly usedProofs: typeof usedProofsStore
  readonly sessions: SessionsStore
  readonly renewableSessions: RenewableSessions
  readonly challenges: ChallengeTerms
  readonly passwords: Passwords
  readonly peppers: Peppers
  readonly signingKeys: SigningKeys
  readonly tokens: AccessTokens
  readonly limits: Pick<Config, 'keysPerAccountMax' | 'accessTokenSeconds'>
}

export const openDeps = async (opening: Opening<Config>): Promise<Deps> => {
  const { config, rpc } = opening
  const signingKeys = await readSigningKeys(config.signingKeyFiles)
  const peppers = await readPeppers(config.pepperFile, signingKeys)
  const sessions = openSessions(config)
  const tokens = createAccessTokens(signingKeys[0], config.accessTokenSeconds)
  return {
    database: await openDatabase(opening, migrations),
    rpc,
    accounts: accountsStore,
    keys: keysStore,
    pendingProfiles: pendingProfilesStore,
    usedProofs: usedProofsStore,
    sessions,
    renewableSessions: createRenewableSessions({ sessions, tokens, pepper: peppers[0] }),
    challenges: challengeTerms(config, signingKeys),
    passwords: openPasswords(config),
    peppers,
    signingKeys,
    tokens,
    limits: config,
  }
}

const openSessions = (config: Config): SessionsStore =>
  createSessionsStore({
    idleMs: config.sessionIdleDays * DAY_MS,
    ageMsMax: config.sessionDaysMax * DAY_MS,
    endedMs: config.endedSessionDays * DAY_MS,
  })

const challengeTerms = ({ challengeSeconds }: Config, keys: SigningKeys): ChallengeTerms => ({
  secret: keys[0].challengeSecret,
  secrets: keys.map(({ challengeSecret }) => challengeSecret),
  lifeMs: challengeSeconds * 1000,
})

const openPasswords = (config: Config): Passwords =>
  createPasswords(
    { memory: config.passwordMemoryKib, passes: PASSWORD_PASSES },
    createHashingQueue({
      runningMax: config.passwordsInFlightMax,
      waitingMax: config.passwordsWaitingMax,
    }),
  )
