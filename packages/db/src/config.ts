import { defineConfig, integer, url } from '@meshboard/kit'

/** What every service with a database can be told. */
export const databaseConfig = defineConfig({
  databaseUrl: url({
    env: 'DATABASE_URL',
    meaning: "Postgres, as the service's application role.",
    schemes: ['postgres:', 'postgresql:'],
  }),
  databaseConnectionsMax: integer({
    env: 'DATABASE_CONNECTIONS_MAX',
    meaning:
      'Connections a process opens; a query beyond waits, and after 3 s fails `unavailable`.',
    default: 10,
    min: 2,
    max: 500,
  }),
  databaseStatementTimeoutMs: integer({
    env: 'DATABASE_STATEMENT_TIMEOUT_MS',
    meaning: 'Longest statement outside of a call with a sooner deadline; then it is cancelled.',
    default: 5_000,
    min: 100,
    max: 600_000,
  }),
})
