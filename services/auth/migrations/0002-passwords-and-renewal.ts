import type { Migration } from '@meshboard/db'

/**
 * An account can be signed in to by e-mail and password, and a session can be renewed. The e-mail
 * address is here in the clear only until user has it.
 */
export const passwordsAndRenewal: Migration = {
  up: (knex) =>
    knex.raw(`
      alter table accounts
        drop constraint accounts_username_check,
        add constraint accounts_username_check
          check (username ~ '^[A-Za-z0-9][A-Za-z0-9_-]{1,31}$'),
        add column email_hash bytea unique check (octet_length(email_hash) = 32),
        add column password text check (password like '$%');

      alter table sessions
        alter column key_id drop not null,
        add column reason text check (reason in ('logout', 'token_reuse', 'key_revoked')),
        add column refresh_mac bytea check (octet_length(refresh_mac) = 32),
        add column previous_refresh_mac bytea check (octet_length(previous_refresh_mac) = 32),
        add column refreshed_at timestamptz;
      create index sessions_of_key on sessions (key_id) where revoked_at is null;
      create index keys_of_user on keys (user_id, created_at);

      create table pending_profiles (
        user_id text primary key references accounts,
        username text not null,
        email text,
        referral_code text,
        created_at timestamptz not null
      );
      revoke update on pending_profiles from auth_app;
    `),
}
