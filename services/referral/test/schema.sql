-- columns
channel_numbers.topic text not null
channel_numbers.key text not null
channel_numbers.n bigint not null
codes.user_id text not null
codes.code text not null
codes.created_at timestamp with time zone not null default now()
idempotency_keys.procedure text not null
idempotency_keys.caller text not null
idempotency_keys.key text not null
idempotency_keys.fingerprint text not null
idempotency_keys.answer jsonb
idempotency_keys.at timestamp with time zone not null default now()
inbox.consumer text not null
inbox.event_id text not null
inbox.at timestamp with time zone not null default now()
migrations.id integer not null default nextval('referral.migrations_id_seq'::regclass)
migrations.name character varying
migrations.batch integer
migrations.migration_time timestamp with time zone
migrations_lock.index integer not null default nextval('referral.migrations_lock_index_seq'::regclass)
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
referrals.id text not null
referrals.referrer_id text not null
referrals.referee_id text not null
referrals.code text not null
referrals.level smallint not null
referrals.status text not null default 'pending'::text
referrals.earned_micros bigint not null default 0
referrals.points_micros bigint not null default 0
referrals.created_at timestamp with time zone not null default now()
referrals.completed_at timestamp with time zone
referrals.rewarded_at timestamp with time zone

-- constraints
referral.channel_numbers: PRIMARY KEY (topic, key)
referral.codes: CHECK ((code ~ '^[A-Z0-9]{1,12}-[2-9A-HJKMNP-Z]{4}$'::text))
referral.codes: PRIMARY KEY (user_id)
referral.codes: UNIQUE (code)
referral.idempotency_keys: PRIMARY KEY (procedure, caller, key)
referral.inbox: PRIMARY KEY (consumer, event_id)
referral.migrations: PRIMARY KEY (id)
referral.migrations_lock: PRIMARY KEY (index)
referral.outbox: PRIMARY KEY (id)
referral.outbox: UNIQUE (topic, key, n)
referral.referrals: CHECK (((status = 'rewarded'::text) = (rewarded_at IS NOT NULL)))
referral.referrals: CHECK (((status = 'rewarded'::text) OR (points_micros = 0)))
referral.referrals: CHECK (((status = ANY (ARRAY['completed'::text, 'rewarded'::text])) = (completed_at IS NOT NULL)))
referral.referrals: CHECK ((earned_micros >= 0))
referral.referrals: CHECK ((level >= 1))
referral.referrals: CHECK ((points_micros >= 0))
referral.referrals: CHECK ((referrer_id <> referee_id))
referral.referrals: CHECK ((status = ANY (ARRAY['pending'::text, 'completed'::text, 'rewarded'::text, 'rejected'::text])))
referral.referrals: FOREIGN KEY (code) REFERENCES referral.codes(code)
referral.referrals: PRIMARY KEY (id)
referral.referrals: UNIQUE (referee_id, level)

-- indexes
CREATE UNIQUE INDEX channel_numbers_pkey ON referral.channel_numbers USING btree (topic, key)
CREATE UNIQUE INDEX codes_code ON referral.codes USING btree (code)
CREATE UNIQUE INDEX codes_pkey ON referral.codes USING btree (user_id)
CREATE INDEX idempotency_keys_at ON referral.idempotency_keys USING btree (at)
CREATE UNIQUE INDEX idempotency_keys_pkey ON referral.idempotency_keys USING btree (procedure, caller, key)
CREATE INDEX inbox_at ON referral.inbox USING btree (at)
CREATE UNIQUE INDEX inbox_pkey ON referral.inbox USING btree (consumer, event_id)
CREATE UNIQUE INDEX migrations_lock_pkey ON referral.migrations_lock USING btree (index)
CREATE UNIQUE INDEX migrations_pkey ON referral.migrations USING btree (id)
CREATE UNIQUE INDEX outbox_pkey ON referral.outbox USING btree (id)
CREATE INDEX outbox_sent ON referral.outbox USING btree (published_at) WHERE (published_at IS NOT NULL)
CREATE UNIQUE INDEX outbox_topic_key_n_key ON referral.outbox USING btree (topic, key, n)
CREATE INDEX outbox_unsent ON referral.outbox USING btree ("position") WHERE (published_at IS NULL)
CREATE INDEX referrals_of_referrer ON referral.referrals USING btree (referrer_id, id)
CREATE UNIQUE INDEX referrals_pkey ON referral.referrals USING btree (id)
CREATE UNIQUE INDEX referrals_referee_id_level_key ON referral.referrals USING btree (referee_id, level)

-- functions

-- triggers

-- grants
channel_numbers: delete, insert, select, update to referral_app
codes: insert, select to referral_app
idempotency_keys: delete, insert, select, update to referral_app
inbox: delete, insert, select, update to referral_app
migrations: select to referral_app
migrations_lock: select to referral_app
outbox: delete, insert, select, update to referral_app
referrals: insert, select to referral_app
