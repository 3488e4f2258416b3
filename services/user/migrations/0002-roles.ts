import type { Migration } from '@meshboard/db'

/** Who may do anything else than a new user; this too may arrive before their profile does. */
export const roles: Migration = {
  up: (knex) =>
    knex.raw(`
      create table roles (
        user_id text primary key,
        roles text[] not null
          check (roles <@ '{guest,user,analyst,admin}' and cardinality(roles) > 0),
        n bigint not null check (n > 0)
      );
    `),
}
