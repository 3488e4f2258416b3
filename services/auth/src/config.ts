import { databaseConfig } from '@meshboard/db'
import { type ConfigOf, defineConfig, integer, list } from '@meshboard/kit'

export const config = defineConfig({
  ...databaseConfig,
  signingKeyFiles: list({
    env: 'AUTH_SIGNING_KEY_FILES',
    meaning:
      'PEM files (PKCS8, ed25519) that only their owner may read: the first key signs, all verify.',
  }),
  accessTokenSeconds: integer({
    env: 'AUTH_ACCESS_TOKEN_SECONDS',
    meaning: 'How long an access token is good for.',
    default: 300,
    min: 30,
    max: 86_400,
  }),
  challengeSeconds: integer({
    env: 'AUTH_CHALLENGE_SECONDS',
    meaning: 'How long a challenge may be answered; then the signature is refused.',
    default: 10,
    min: 1,
    max: 60,
  }),
  sessionIdleDays: integer({
    env: 'AUTH_SESSION_IDLE_DAYS',
    meaning: 'A session not renewed for so long ends.',
    default: 14,
    min: 1,
    max: 60,
  }),
  sessionDaysMax: integer({
    env: 'AUTH_SESSION_DAYS_MAX',
    meaning: 'A session ends at this age, however often it was renewed.',
    default: 60,
    min: 1,
    max: 365,
  }),
  endedSessionDays: integer({
    env: 'AUTH_ENDED_SESSION_DAYS',
    meaning: 'An ended session, with its address, is kept for so long; then its row is deleted.',
    default: 30,
    min: 1,
    max: 365,
  }),
})

export type Config = ConfigOf<typeof config>
