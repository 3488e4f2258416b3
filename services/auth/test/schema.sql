-- columns
accounts.id text not null
accounts.username text not null
accounts.roles ARRAY not null default '{user}'::text[]
accounts.created_at timestamp with time zone not null
accounts.email_hash bytea
accounts.password text
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
keys.id text not null
keys.user_id text not null
keys.public_key text not null
keys.label text
keys.created_at timestamp with time zone not null
keys.last_used_at timestamp with time zone
keys.revoked_at timestamp with time zone
migrations.id integer not null default nextval('auth.migrations_id_seq'::regclass)
migrations.name character varying
migrations.batch integer
migrations.migration_time timestamp with time zone
migrations_lock.index integer not null default nextval('auth.migrations_lock_index_seq'::regclass)
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
pending_profiles.user_id text not null
pending_profiles.username text not null
pending_profiles.email text
pending_profiles.referral_code text
pending_profiles.created_at timestamp with time zone not null
sessions.id text not null
sessions.user_id text not null
sessions.key_id text
sessions.address text
sessions.user_agent text
sessions.created_at timestamp with time zone not null
sessions.last_used_at timestamp with time zone not null
sessions.expires_at timestamp with time zone not null
sessions.revoked_at timestamp with time zone
sessions.reason text
sessions.refresh_mac bytea
sessions.previous_refresh_mac bytea
sessions.refreshed_at timestamp with time zone
used_proofs.public_key text not null
used_proofs.kind text not null
used_proofs.value text not null
used_proofs.remember_until timestamp with time zone not null

-- constraints
auth.accounts: CHECK (((roles <@ '{guest,user,analyst,admin}'::text[]) AND (cardinality(roles) > 0)))
auth.accounts: CHECK ((octet_length(email_hash) = 32))
auth.accounts: CHECK ((password ~~ '$%'::text))
auth.accounts: CHECK ((username ~ '^[A-Za-z0-9][A-Za-z0-9_-]{1,31}$'::text))
auth.accounts: PRIMARY KEY (id)
auth.accounts: UNIQUE (email_hash)
auth.channel_numbers: PRIMARY KEY (topic, key)
auth.idempotency_keys: PRIMARY KEY (procedure, caller, key)
auth.inbox: PRIMARY KEY (consumer, event_id)
auth.keys: CHECK ((public_key ~ '^[0-9a-f]{64}$'::text))
auth.keys: FOREIGN KEY (user_id) REFERENCES auth.accounts(id)
auth.keys: PRIMARY KEY (id)
auth.keys: UNIQUE (public_key)
auth.migrations: PRIMARY KEY (id)
auth.migrations_lock: PRIMARY KEY (index)
auth.outbox: PRIMARY KEY (id)
auth.outbox: UNIQUE (topic, key, n)
auth.pending_profiles: FOREIGN KEY (user_id) REFERENCES auth.accounts(id)
auth.pending_profiles: PRIMARY KEY (user_id)
auth.sessions: CHECK ((expires_at >= created_at))
auth.sessions: CHECK ((octet_length(previous_refresh_mac) = 32))
auth.sessions: CHECK ((octet_length(refresh_mac) = 32))
auth.sessions: CHECK ((reason = ANY (ARRAY['logout'::text, 'token_reuse'::text, 'key_revoked'::text])))
auth.sessions: FOREIGN KEY (key_id) REFERENCES auth.keys(id)
auth.sessions: FOREIGN KEY (user_id) REFERENCES auth.accounts(id)
auth.sessions: PRIMARY KEY (id)
auth.used_proofs: CHECK ((kind = ANY (ARRAY['challenge'::text, 'nonce'::text])))
auth.used_proofs: PRIMARY KEY (public_key, kind, value)

-- indexes
CREATE UNIQUE INDEX accounts_email_hash_key ON auth.accounts USING btree (email_hash)
CREATE UNIQUE INDEX accounts_pkey ON auth.accounts USING btree (id)
CREATE UNIQUE INDEX accounts_username ON auth.accounts USING btree (lower(username))
CREATE UNIQUE INDEX channel_numbers_pkey ON auth.channel_numbers USING btree (topic, key)
CREATE INDEX idempotency_keys_at ON auth.idempotency_keys USING btree (at)
CREATE UNIQUE INDEX idempotency_keys_pkey ON auth.idempotency_keys USING btree (procedure, caller, key)
CREATE INDEX inbox_at ON auth.inbox USING btree (at)
CREATE UNIQUE INDEX inbox_pkey ON auth.inbox USING btree (consumer, event_id)
CREATE INDEX keys_of_user ON auth.keys USING btree (user_id, created_at)
CREATE UNIQUE INDEX keys_pkey ON auth.keys USING btree (id)
CREATE UNIQUE INDEX keys_public_key_key ON auth.keys USING btree (public_key)
CREATE UNIQUE INDEX migrations_lock_pkey ON auth.migrations_lock USING btree (index)
CREATE UNIQUE INDEX migrations_pkey ON auth.migrations USING btree (id)
CREATE UNIQUE INDEX outbox_pkey ON auth.outbox USING btree (id)
CREATE INDEX outbox_sent ON auth.outbox USING btree (published_at) WHERE (published_at IS NOT NULL)
CREATE UNIQUE INDEX outbox_topic_key_n_key ON auth.outbox USING btree (topic, key, n)
CREATE INDEX outbox_unsent ON auth.outbox USING btree ("position") WHERE (published_at IS NULL)
CREATE UNIQUE INDEX pending_profiles_pkey ON auth.pending_profiles USING btree (user_id)
CREATE INDEX sessions_expires_at ON auth.sessions USING btree (expires_at)
CREATE INDEX sessions_of_key ON auth.sessions USING btree (key_id) WHERE (revoked_at IS NULL)
CREATE UNIQUE INDEX sessions_pkey ON auth.sessions USING btree (id)
CREATE INDEX sessions_revoked_at ON auth.sessions USING btree (revoked_at) WHERE (revoked_at IS NOT NULL)
CREATE UNIQUE INDEX used_proofs_pkey ON auth.used_proofs USING btree (public_key, kind, value)
CREATE INDEX used_proofs_remember_until ON auth.used_proofs USING btree (remember_until)

-- functions

-- triggers

-- grants
accounts: insert, select, update to auth_app
channel_numbers: delete, insert, select, update to auth_app
idempotency_keys: delete, insert, select, update to auth_app
inbox: delete, insert, select, update to auth_app
keys: insert, select, update to auth_app
migrations: select to auth_app
migrations_lock: select to auth_app
outbox: delete, insert, select, update to auth_app
pending_profiles: delete, insert, select to auth_app
sessions: delete, insert, select, update to auth_app
used_proofs: delete, insert, select to auth_app
