import type { Migration } from '@meshboard/db'

/** What a user was told stays as it was told: the service's role can only say that it was read. */
export const notifications: Migration = {
  up: (knex) =>
    knex.raw(`
      create table notifications (
        id text collate "C" primary key,
        user_id text not null,
        dedupe_key text not null,
        kind text not null check (kind ~ '^[a-z][a-z_]{2,47}$'),
        title text not null check (length(title) between 1 and 120),
        body text not null check (length(body) between 1 and 500),
        data jsonb not null check (jsonb_typeof(data) = 'object'),
        channels text[] not null
          check (channels <@ array['in_app', 'email', 'webhook', 'push']),
        read_at timestamptz,
        created_at timestamptz not null default now(),
        constraint notifications_told_once unique (user_id, dedupe_key)
      );
      create index notifications_of_user on notifications (user_id, id);
      create index notifications_unread on notifications (user_id, kind) where read_at is null;
      create index notifications_created on notifications (created_at);

      revoke update, truncate on notifications from notification_app;
      grant update (read_at) on notifications to notification_app;
    `),
}
