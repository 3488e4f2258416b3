import { defineConfig, integer } from '@meshboard/kit'
import { databaseUrl } from './database-url.ts'

/** What every service with a database can be told. */
export const databaseConfig = defineConfig({
  databaseUrl: databaseUrl(
    "Postgres, as the service's application role. With TLS: `?sslmode=verify-full&sslrootcert=<PEM file>`.",
  ),
  databaseConnectionsMax: integer({
    env: 'DATABASE_CONNECTIONS_MAX',
    meaning:
      'Connections a process works with, one more is for cancelling; a query beyond waits, at most 3 s.',
    default: 10,
    min: 2,
    max: 500,
  }),
  databaseWaitingMax: integer({
    env: 'DATABASE_WAITING_MAX',
    meaning:
      'Queries and transactions of calls that wait for a connection; the next is refused with `overloaded`.',
    default: 256,
    min: 1,
    max: 100_000,
  }),
  databaseStatementTimeoutMs: integer({
    env: 'DATABASE_STATEMENT_TIMEOUT_MS',
    meaning: 'Longest statement; then it is cancelled. Those of a call end with it, sooner.',
    default: 5_000,
    min: 100,
    max: 600_000,
  }),
  outboxLeaderSilentMs: integer({
    env: 'OUTBOX_LEADER_SILENT_MS',
    meaning:
      'How long the process that relays the outbox may not be heard of; then another one takes over.',
    default: 10_000,
    min: 1_000,
    max: 600_000,
  }),
})
