import { databaseConfig } from '@meshboard/db'
import { type ConfigOf, defineConfig, integer, list, text } from '@meshboard/kit'

export const config = defineConfig({
  ...databaseConfig,
  signingKeyFiles: list({
    env: 'AUTH_SIGNING_KEY_FILES',
    meaning:
      'PEM files (PKCS8, ed25519) that only their owner may read: the first key signs, all verify.',
  }),
  pepperFile: text({
    env: 'AUTH_PEPPER_FILE',
    meaning:
      'A file with at least 32 random characters that only their owner may read: e-mail addresses and refresh tokens are hashed with it; empty: with what follows from the signing keys.',
    default: '',
  }),
  passwordMemoryKib: integer({
    env: 'AUTH_PASSWORD_MEMORY_KIB',
    meaning:
      'Memory that hashing a password takes; passwords hashed with less are raised at login.',
    default: 47_104,
    min: 19_456,
    max: 1_048_576,
  }),
  passwordsInFlightMax: integer({
    env: 'AUTH_PASSWORDS_IN_FLIGHT_MAX',
    meaning: 'Passwords a process hashes at a time; the next one waits.',
    default: 4,
    min: 1,
    max: 64,
  }),
  passwordsWaitingMax: integer({
    env: 'AUTH_PASSWORDS_WAITING_MAX',
    meaning: 'Passwords that wait to be hashed; one more is refused with `overloaded`.',
    default: 50,
    min: 0,
    max: 10_000,
  }),
  keysPerAccountMax: integer({
    env: 'AUTH_KEYS_PER_ACCOUNT_MAX',
    meaning:
      'Keys of an account, with those that were revoked; one more is refused with `conflict`.',
    default: 100,
    min: 1,
    max: 10_000,
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
