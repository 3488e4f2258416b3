import type { Migration } from '@meshboard/db'

/** An account is never deleted by the service itself, and a used proof never becomes unused. */
export const accounts: Migration = {
  up: (knex) =>
    knex.raw(`
      create table accounts (
        id text primary key,
        username text not null check (username ~ '^[A-Za-z0-9][A-Za-z0-9_-]{1,31}$'),
        roles text[] not null default '{user}'
          check (roles <@ '{guest,user,analyst,admin}' and cardinality(roles) > 0),
        created_at timestamptz not null
      );
      create unique index accounts_username on accounts (lower(username));

      create table keys (
        id text primary key,
        user_id text not null references accounts,
        public_key text not null unique check (public_key ~ '^[0-9a-f]{64}$'),
        label text,
        created_at timestamptz not null,
        last_used_at timestamptz,
        revoked_at timestamptz
      );

      create table sessions (
        id text primary key,
        user_id text not null references accounts,
        key_id text not null references keys,
        address text,
        user_agent text,
        created_at timestamptz not null,
        last_used_at timestamptz not null,
        expires_at timestamptz not null check (expires_at >= created_at),
        revoked_at timestamptz
      );
      create index sessions_expires_at on sessions (expires_at);

      create table used_proofs (
        public_key text not null,
        kind text not null check (kind in ('challenge', 'nonce')),
        value text not null,
        remember_until timestamptz not null,
        primary key (public_key, kind, value)
      );
      create index used_proofs_remember_until on used_proofs (remember_until);

      revoke delete on accounts, keys from auth_app;
      revoke update on used_proofs from auth_app;
    `),
}
