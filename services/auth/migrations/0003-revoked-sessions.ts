import type { Migration } from '@meshboard/db'

/** The sessions revoked of late are looked at often. */
export const revokedSessions: Migration = {
  up: (knex) =>
    knex.raw(
      'create index sessions_revoked_at on sessions (revoked_at) where revoked_at is not null',
    ),
}
