import type { Knex } from 'knex'

export const up = (knex: Knex): Promise<unknown> =>
  knex.raw(`
    create table outbox (
      id text primary key,
      position bigint generated always as identity,
      topic text not null,
      key text not null,
      n bigint not null,
      event text not null,
      headers jsonb not null,
      payload bytea not null,
      created_at timestamptz not null default now(),
      published_at timestamptz,
      unique (topic, key, n)
    );
    create index outbox_unsent on outbox (position) where published_at is null;
    create index outbox_sent on outbox (published_at) where published_at is not null;

    create table channel_numbers (
      topic text not null,
      key text not null,
      n bigint not null,
      primary key (topic, key)
    );

    create table inbox (
      consumer text not null,
      event_id text not null,
      at timestamptz not null default now(),
      primary key (consumer, event_id)
    );
    create index inbox_at on inbox (at);

    create table idempotency_keys (
      procedure text not null,
      caller text not null,
      key text not null,
      fingerprint text not null,
      answer jsonb,
      at timestamptz not null default now(),
      primary key (procedure, caller, key)
    );
    create index idempotency_keys_at on idempotency_keys (at);
  `)
