import type { Migration } from '@meshboard/db'
import { LEDGER_RULES } from './0001-ledger-rules.ts'
import { POST_TRANSACTION } from './0001-post-transaction.ts'

/**
 * A double-entry ledger in micropoints: debit +, credit −, each transaction sums to 0. What is
 * posted stays as it is; the service's role can only read it and call `post_transaction`.
 */
export const ledger: Migration = {
  up: (knex) =>
    knex.raw(`
      create table accounts (
        id text collate "C" primary key,
        kind text not null check (kind in ('user', 'issuing')),
        balance_micros bigint not null default 0,
        version bigint not null default 0 check (version >= 0),
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        constraint accounts_kept_by_kind check ((kind = 'issuing') = (id like 'issuing/%')),
        constraint accounts_users_owe_nothing check (kind <> 'user' or balance_micros >= 0)
      );
      insert into accounts (id, kind)
        select format('issuing/%s', lpad(shard::text, 2, '0')), 'issuing'
        from generate_series(0, 63) as shard;

      create table transactions (
        id text primary key,
        source text not null check (source in ('network', 'referral', 'bonus')),
        source_id text not null,
        fingerprint text not null check (fingerprint ~ '^[0-9a-f]{64}$'),
        rule text not null,
        source_event text not null,
        trace_id text not null,
        created_at timestamptz not null default now(),
        constraint transactions_source unique (source, source_id)
      );

      create table entries (
        account_id text collate "C" not null references accounts,
        version bigint not null check (version > 0),
        id text not null unique,
        transaction_id text not null references transactions,
        amount_micros bigint not null check (amount_micros <> 0),
        prev_balance_micros bigint not null check (version > 1 or prev_balance_micros = 0),
        balance_micros bigint not null check (balance_micros = prev_balance_micros + amount_micros),
        inputs jsonb not null,
        connection_id text,
        created_at timestamptz not null,
        primary key (account_id, version)
      );
      create index entries_transaction on entries (transaction_id);

      create table earned (
        account_id text collate "C" not null references accounts,
        source text not null,
        micros bigint not null,
        primary key (account_id, source)
      );

      ${LEDGER_RULES}
      ${POST_TRANSACTION}

      revoke insert, update, delete, truncate
        on accounts, transactions, entries, earned from earnings_app;
    `),
}
