import type { Migration } from '@meshboard/db'

/** Keys and activity may arrive before their profile does, so nothing ties them to it. */
export const profiles: Migration = {
  up: (knex) =>
    knex.raw(`
      create table profiles (
        user_id text primary key,
        username text not null check (username ~ '^[A-Za-z0-9][A-Za-z0-9_-]{1,31}$'),
        email text,
        description text not null default '' check (length(description) <= 500),
        preferences jsonb not null default '{}' check (jsonb_typeof(preferences) = 'object'),
        roles text[] not null default '{user}'
          check (roles <@ '{guest,user,analyst,admin}' and cardinality(roles) > 0),
        is_verified boolean not null default false,
        created_at timestamptz not null,
        updated_at timestamptz not null
      );

      create table public_keys (
        public_key text primary key check (public_key ~ '^[0-9a-f]{64}$'),
        user_id text not null,
        added_at timestamptz,
        revoked_at timestamptz
      );
      create index public_keys_of_user on public_keys (user_id);

      create table activity (
        user_id text primary key,
        last_active timestamptz not null
      );
    `),
}
