-- columns
channel_numbers.topic text not null
channel_numbers.key text not null
channel_numbers.n bigint not null
idempotency_keys.procedure text not null
idempotency_keys.caller text not null
idempotency_keys.key text not null
idempotency_keys.fingerprint text not null
idempotency_keys.answer jsonb
idempotency_keys.at timestamp with time zone not null default now()
inbox.consumer text not null
inbox.event_id text not null
inbox.at timestamp with time zone not null default now()
migrations.id integer not null default nextval('notification.migrations_id_seq'::regclass)
migrations.name character varying
migrations.batch integer
migrations.migration_time timestamp with time zone
migrations_lock.index integer not null default nextval('notification.migrations_lock_index_seq'::regclass)
migrations_lock.is_locked integer
notifications.id text not null
notifications.user_id text not null
notifications.dedupe_key text not null
notifications.kind text not null
notifications.title text not null
notifications.body text not null
notifications.data jsonb not null
notifications.channels ARRAY not null
notifications.read_at timestamp with time zone
notifications.created_at timestamp with time zone not null default now()
outbox.id text not null
outbox.position bigint not null identity
outbox.topic text not null
outbox.key text not null
outbox.n bigint not null
outbox.event text not null
outbox.headers jsonb not null
outbox.payload bytea not null
outbox.created_at timestamp with time zone not null default now()
outbox.published_at timestamp with time zone

-- constraints
notification.channel_numbers: PRIMARY KEY (topic, key)
notification.idempotency_keys: PRIMARY KEY (procedure, caller, key)
notification.inbox: PRIMARY KEY (consumer, event_id)
notification.migrations: PRIMARY KEY (id)
notification.migrations_lock: PRIMARY KEY (index)
notification.notifications: CHECK (((length(body) >= 1) AND (length(body) <= 500)))
notification.notifications: CHECK (((length(title) >= 1) AND (length(title) <= 120)))
notification.notifications: CHECK ((channels <@ ARRAY['in_app'::text, 'email'::text, 'webhook'::text, 'push'::text]))
notification.notifications: CHECK ((jsonb_typeof(data) = 'object'::text))
notification.notifications: CHECK ((kind ~ '^[a-z][a-z_]{2,47}$'::text))
notification.notifications: PRIMARY KEY (id)
notification.notifications: UNIQUE (user_id, dedupe_key)
notification.outbox: PRIMARY KEY (id)
notification.outbox: UNIQUE (topic, key, n)

-- indexes
CREATE UNIQUE INDEX channel_numbers_pkey ON notification.channel_numbers USING btree (topic, key)
CREATE INDEX idempotency_keys_at ON notification.idempotency_keys USING btree (at)
CREATE UNIQUE INDEX idempotency_keys_pkey ON notification.idempotency_keys USING btree (procedure, caller, key)
CREATE INDEX inbox_at ON notification.inbox USING btree (at)
CREATE UNIQUE INDEX inbox_pkey ON notification.inbox USING btree (consumer, event_id)
CREATE UNIQUE INDEX migrations_lock_pkey ON notification.migrations_lock USING btree (index)
CREATE UNIQUE INDEX migrations_pkey ON notification.migrations USING btree (id)
CREATE INDEX notifications_created ON notification.notifications USING btree (created_at)
CREATE INDEX notifications_of_user ON notification.notifications USING btree (user_id, id)
CREATE UNIQUE INDEX notifications_pkey ON notification.notifications USING btree (id)
CREATE UNIQUE INDEX notifications_told_once ON notification.notifications USING btree (user_id, dedupe_key)
CREATE INDEX notifications_unread ON notification.notifications USING btree (user_id, kind) WHERE (read_at IS NULL)
CREATE UNIQUE INDEX outbox_pkey ON notification.outbox USING btree (id)
CREATE INDEX outbox_sent ON notification.outbox USING btree (published_at) WHERE (published_at IS NOT NULL)
CREATE UNIQUE INDEX outbox_topic_key_n_key ON notification.outbox USING btree (topic, key, n)
CREATE INDEX outbox_unsent ON notification.outbox USING btree ("position") WHERE (published_at IS NULL)

-- functions

-- triggers

-- grants
channel_numbers: delete, insert, select, update to notification_app
idempotency_keys: delete, insert, select, update to notification_app
inbox: delete, insert, select, update to notification_app
migrations: select to notification_app
migrations_lock: select to notification_app
notifications: delete, insert, select to notification_app
outbox: delete, insert, select, update to notification_app
