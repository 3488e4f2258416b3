-- columns
channel_numbers.topic text not null
channel_numbers.key text not null
channel_numbers.n bigint not null
connections.id text not null
connections.user_id text not null
connections.device_id text not null
connections.network_name text not null
connections.status text not null
connections.status_message text not null
connections.score_tenths integer not null default 0
connections.announced_tenths integer not null default 0
connections.online_ms bigint not null default 0
connections.remainder_ms integer not null default 0
connections.accruals integer not null default 0
connections.points_earned_micros bigint not null default 0
connections.seen_at timestamp with time zone not null default now()
connections.created_at timestamp with time zone not null default now()
connections.updated_at timestamp with time zone not null default now()
idempotency_keys.procedure text not null
idempotency_keys.caller text not null
idempotency_keys.key text not null
idempotency_keys.fingerprint text not null
idempotency_keys.answer jsonb
idempotency_keys.at timestamp with time zone not null default now()
inbox.consumer text not null
inbox.event_id text not null
inbox.at timestamp with time zone not null default now()
migrations.id integer not null default nextval('network.migrations_id_seq'::regclass)
migrations.name character varying
migrations.batch integer
migrations.migration_time timestamp with time zone
migrations_lock.index integer not null default nextval('network.migrations_lock_index_seq'::regclass)
migrations_lock.is_locked integer
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
network.channel_numbers: PRIMARY KEY (topic, key)
network.connections: CHECK (((announced_tenths >= 0) AND (announced_tenths <= 1000)))
network.connections: CHECK (((score_tenths >= 0) AND (score_tenths <= 1000)))
network.connections: CHECK ((accruals >= 0))
network.connections: CHECK ((device_id ~ '^[A-Za-z0-9_-]{1,64}$'::text))
network.connections: CHECK ((online_ms >= 0))
network.connections: CHECK ((remainder_ms >= 0))
network.connections: CHECK ((status = ANY (ARRAY['connected'::text, 'stale'::text, 'disconnected'::text])))
network.connections: PRIMARY KEY (id)
network.connections: UNIQUE (user_id, device_id)
network.idempotency_keys: PRIMARY KEY (procedure, caller, key)
network.inbox: PRIMARY KEY (consumer, event_id)
network.migrations: PRIMARY KEY (id)
network.migrations_lock: PRIMARY KEY (index)
network.outbox: PRIMARY KEY (id)
network.outbox: UNIQUE (topic, key, n)

-- indexes
CREATE UNIQUE INDEX channel_numbers_pkey ON network.channel_numbers USING btree (topic, key)
CREATE INDEX connections_of_user ON network.connections USING btree (user_id, id)
CREATE INDEX connections_open ON network.connections USING btree (seen_at) WHERE (status <> 'disconnected'::text)
CREATE UNIQUE INDEX connections_pkey ON network.connections USING btree (id)
CREATE UNIQUE INDEX connections_user_id_device_id_key ON network.connections USING btree (user_id, device_id)
CREATE INDEX idempotency_keys_at ON network.idempotency_keys USING btree (at)
CREATE UNIQUE INDEX idempotency_keys_pkey ON network.idempotency_keys USING btree (procedure, caller, key)
CREATE INDEX inbox_at ON network.inbox USING btree (at)
CREATE UNIQUE INDEX inbox_pkey ON network.inbox USING btree (consumer, event_id)
CREATE UNIQUE INDEX migrations_lock_pkey ON network.migrations_lock USING btree (index)
CREATE UNIQUE INDEX migrations_pkey ON network.migrations USING btree (id)
CREATE UNIQUE INDEX outbox_pkey ON network.outbox USING btree (id)
CREATE INDEX outbox_sent ON network.outbox USING btree (published_at) WHERE (published_at IS NOT NULL)
CREATE UNIQUE INDEX outbox_topic_key_n_key ON network.outbox USING btree (topic, key, n)
CREATE INDEX outbox_unsent ON network.outbox USING btree ("position") WHERE (published_at IS NULL)

-- functions

-- triggers

-- grants
channel_numbers: delete, insert, select, update to network_app
connections: insert, select, update to network_app
idempotency_keys: delete, insert, select, update to network_app
inbox: delete, insert, select, update to network_app
migrations: select to network_app
migrations_lock: select to network_app
outbox: delete, insert, select, update to network_app
