-- columns
activity.user_id text not null
activity.last_active timestamp with time zone not null
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
migrations.id integer not null default nextval('"user".migrations_id_seq'::regclass)
migrations.name character varying
migrations.batch integer
migrations.migration_time timestamp with time zone
migrations_lock.index integer not null default nextval('"user".migrations_lock_index_seq'::regclass)
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
profiles.user_id text not null
profiles.username text not null
profiles.email text
profiles.description text not null default ''::text
profiles.preferences jsonb not null default '{}'::jsonb
profiles.roles ARRAY not null default '{user}'::text[]
profiles.is_verified boolean not null default false
profiles.created_at timestamp with time zone not null
profiles.updated_at timestamp with time zone not null
public_keys.public_key text not null
public_keys.user_id text not null
public_keys.added_at timestamp with time zone
public_keys.revoked_at timestamp with time zone
roles.user_id text not null
roles.roles ARRAY not null
roles.n bigint not null

-- constraints
"user".activity: PRIMARY KEY (user_id)
"user".channel_numbers: PRIMARY KEY (topic, key)
"user".idempotency_keys: PRIMARY KEY (procedure, caller, key)
"user".inbox: PRIMARY KEY (consumer, event_id)
"user".migrations: PRIMARY KEY (id)
"user".migrations_lock: PRIMARY KEY (index)
"user".outbox: PRIMARY KEY (id)
"user".outbox: UNIQUE (topic, key, n)
"user".profiles: CHECK (((roles <@ '{guest,user,analyst,admin}'::text[]) AND (cardinality(roles) > 0)))
"user".profiles: CHECK ((jsonb_typeof(preferences) = 'object'::text))
"user".profiles: CHECK ((length(description) <= 500))
"user".profiles: CHECK ((username ~ '^[A-Za-z0-9][A-Za-z0-9_-]{1,31}$'::text))
"user".profiles: PRIMARY KEY (user_id)
"user".public_keys: CHECK ((public_key ~ '^[0-9a-f]{64}$'::text))
"user".public_keys: PRIMARY KEY (public_key)
"user".roles: CHECK (((roles <@ '{guest,user,analyst,admin}'::text[]) AND (cardinality(roles) > 0)))
"user".roles: CHECK ((n > 0))
"user".roles: PRIMARY KEY (user_id)

-- indexes
CREATE UNIQUE INDEX activity_pkey ON "user".activity USING btree (user_id)
CREATE UNIQUE INDEX channel_numbers_pkey ON "user".channel_numbers USING btree (topic, key)
CREATE INDEX idempotency_keys_at ON "user".idempotency_keys USING btree (at)
CREATE UNIQUE INDEX idempotency_keys_pkey ON "user".idempotency_keys USING btree (procedure, caller, key)
CREATE INDEX inbox_at ON "user".inbox USING btree (at)
CREATE UNIQUE INDEX inbox_pkey ON "user".inbox USING btree (consumer, event_id)
CREATE UNIQUE INDEX migrations_lock_pkey ON "user".migrations_lock USING btree (index)
CREATE UNIQUE INDEX migrations_pkey ON "user".migrations USING btree (id)
CREATE UNIQUE INDEX outbox_pkey ON "user".outbox USING btree (id)
CREATE INDEX outbox_sent ON "user".outbox USING btree (published_at) WHERE (published_at IS NOT NULL)
CREATE UNIQUE INDEX outbox_topic_key_n_key ON "user".outbox USING btree (topic, key, n)
CREATE INDEX outbox_unsent ON "user".outbox USING btree ("position") WHERE (published_at IS NULL)
CREATE UNIQUE INDEX profiles_pkey ON "user".profiles USING btree (user_id)
CREATE INDEX public_keys_of_user ON "user".public_keys USING btree (user_id)
CREATE UNIQUE INDEX public_keys_pkey ON "user".public_keys USING btree (public_key)
CREATE UNIQUE INDEX roles_pkey ON "user".roles USING btree (user_id)

-- functions

-- triggers

-- grants
activity: delete, insert, select, update to user_app
channel_numbers: delete, insert, select, update to user_app
idempotency_keys: delete, insert, select, update to user_app
inbox: delete, insert, select, update to user_app
migrations: select to user_app
migrations_lock: select to user_app
outbox: delete, insert, select, update to user_app
profiles: delete, insert, select, update to user_app
public_keys: delete, insert, select, update to user_app
roles: delete, insert, select, update to user_app
