import type { Migration } from '@meshboard/db'

/** A device keeps its row: with the row's id its accruals are numbered for ever. */
export const connections: Migration = {
  up: (knex) =>
    knex.raw(`
      create table connections (
        id text primary key,
        user_id text not null,
        device_id text not null check (device_id ~ '^[A-Za-z0-9_-]{1,64}$'),
        network_name text not null,
        status text not null check (status in ('connected', 'stale', 'disconnected')),
        status_message text not null,
        score_tenths integer not null default 0 check (score_tenths between 0 and 1000),
        announced_tenths integer not null default 0 check (announced_tenths between 0 and 1000),
        online_ms bigint not null default 0 check (online_ms >= 0),
        remainder_ms integer not null default 0 check (remainder_ms >= 0),
        accruals integer not null default 0 check (accruals >= 0),
        points_earned_micros bigint not null default 0,
        seen_at timestamptz not null default now(),
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        unique (user_id, device_id)
      );
      create index connections_of_user on connections (user_id, id);
      create index connections_open on connections (seen_at) where status <> 'disconnected';

      revoke delete on connections from network_app;
    `),
}
