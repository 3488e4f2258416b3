-- columns
accounts.id text not null
accounts.kind text not null
accounts.balance_micros bigint not null default 0
accounts.version bigint not null default 0
accounts.created_at timestamp with time zone not null default now()
accounts.updated_at timestamp with time zone not null default now()
channel_numbers.topic text not null
channel_numbers.key text not null
channel_numbers.n bigint not null
earned.account_id text not null
earned.source text not null
earned.micros bigint not null
entries.account_id text not null
entries.version bigint not null
entries.id text not null
entries.transaction_id text not null
entries.amount_micros bigint not null
entries.prev_balance_micros bigint not null
entries.balance_micros bigint not null
entries.inputs jsonb not null
entries.connection_id text
entries.created_at timestamp with time zone not null
idempotency_keys.procedure text not null
idempotency_keys.caller text not null
idempotency_keys.key text not null
idempotency_keys.fingerprint text not null
idempotency_keys.answer jsonb
idempotency_keys.at timestamp with time zone not null default now()
inbox.consumer text not null
inbox.event_id text not null
inbox.at timestamp with time zone not null default now()
migrations.id integer not null default nextval('earnings.migrations_id_seq'::regclass)
migrations.name character varying
migrations.batch integer
migrations.migration_time timestamp with time zone
migrations_lock.index integer not null default nextval('earnings.migrations_lock_index_seq'::regclass)
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
transactions.id text not null
transactions.source text not null
transactions.source_id text not null
transactions.fingerprint text not null
transactions.rule text not null
transactions.source_event text not null
transactions.trace_id text not null
transactions.created_at timestamp with time zone not null default now()

-- constraints
earnings.accounts: CHECK (((kind <> 'user'::text) OR (balance_micros >= 0)))
earnings.accounts: CHECK (((kind = 'issuing'::text) = (id ~~ 'issuing/%'::text)))
earnings.accounts: CHECK ((kind = ANY (ARRAY['user'::text, 'issuing'::text])))
earnings.accounts: CHECK ((version >= 0))
earnings.accounts: PRIMARY KEY (id)
earnings.channel_numbers: PRIMARY KEY (topic, key)
earnings.earned: FOREIGN KEY (account_id) REFERENCES earnings.accounts(id)
earnings.earned: PRIMARY KEY (account_id, source)
earnings.entries: CHECK (((version > 1) OR (prev_balance_micros = 0)))
earnings.entries: CHECK ((amount_micros <> 0))
earnings.entries: CHECK ((balance_micros = (prev_balance_micros + amount_micros)))
earnings.entries: CHECK ((version > 0))
earnings.entries: FOREIGN KEY (account_id) REFERENCES earnings.accounts(id)
earnings.entries: FOREIGN KEY (transaction_id) REFERENCES earnings.transactions(id)
earnings.entries: PRIMARY KEY (account_id, version)
earnings.entries: TRIGGER DEFERRABLE INITIALLY DEFERRED
earnings.entries: UNIQUE (id)
earnings.idempotency_keys: PRIMARY KEY (procedure, caller, key)
earnings.inbox: PRIMARY KEY (consumer, event_id)
earnings.migrations: PRIMARY KEY (id)
earnings.migrations_lock: PRIMARY KEY (index)
earnings.outbox: PRIMARY KEY (id)
earnings.outbox: UNIQUE (topic, key, n)
earnings.transactions: CHECK ((fingerprint ~ '^[0-9a-f]{64}$'::text))
earnings.transactions: CHECK ((source = ANY (ARRAY['network'::text, 'referral'::text, 'bonus'::text])))
earnings.transactions: PRIMARY KEY (id)
earnings.transactions: TRIGGER DEFERRABLE INITIALLY DEFERRED
earnings.transactions: UNIQUE (source, source_id)

-- indexes
CREATE UNIQUE INDEX accounts_pkey ON earnings.accounts USING btree (id)
CREATE UNIQUE INDEX channel_numbers_pkey ON earnings.channel_numbers USING btree (topic, key)
CREATE UNIQUE INDEX earned_pkey ON earnings.earned USING btree (account_id, source)
CREATE UNIQUE INDEX entries_id_key ON earnings.entries USING btree (id)
CREATE UNIQUE INDEX entries_pkey ON earnings.entries USING btree (account_id, version)
CREATE INDEX entries_transaction ON earnings.entries USING btree (transaction_id)
CREATE INDEX idempotency_keys_at ON earnings.idempotency_keys USING btree (at)
CREATE UNIQUE INDEX idempotency_keys_pkey ON earnings.idempotency_keys USING btree (procedure, caller, key)
CREATE INDEX inbox_at ON earnings.inbox USING btree (at)
CREATE UNIQUE INDEX inbox_pkey ON earnings.inbox USING btree (consumer, event_id)
CREATE UNIQUE INDEX migrations_lock_pkey ON earnings.migrations_lock USING btree (index)
CREATE UNIQUE INDEX migrations_pkey ON earnings.migrations USING btree (id)
CREATE UNIQUE INDEX outbox_pkey ON earnings.outbox USING btree (id)
CREATE INDEX outbox_sent ON earnings.outbox USING btree (published_at) WHERE (published_at IS NOT NULL)
CREATE UNIQUE INDEX outbox_topic_key_n_key ON earnings.outbox USING btree (topic, key, n)
CREATE INDEX outbox_unsent ON earnings.outbox USING btree ("position") WHERE (published_at IS NULL)
CREATE UNIQUE INDEX transactions_pkey ON earnings.transactions USING btree (id)
CREATE UNIQUE INDEX transactions_source ON earnings.transactions USING btree (source, source_id)

-- functions
CREATE OR REPLACE FUNCTION earnings.post_transaction(posting jsonb)
 RETURNS SETOF earnings.entries
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'earnings', 'pg_temp'
AS $function$
  declare
    leg record;
    account accounts;
    entry entries;
  begin
    insert into transactions (id, source, source_id, fingerprint, rule, source_event, trace_id)
      select id, source, source_id, fingerprint, rule, source_event, trace_id
      from jsonb_populate_record(null::transactions, posting)
      on conflict on constraint transactions_source do nothing;
    if not found then
      perform from transactions
        where source = posting ->> 'source' and source_id = posting ->> 'source_id'
          and fingerprint = posting ->> 'fingerprint';
      if found then return; end if;
      raise exception '% % was posted with other data', posting ->> 'source', posting ->> 'source_id'
        using errcode = 'unique_violation', constraint = 'transactions_fingerprint';
    end if;

    insert into accounts (id, kind)
      select distinct account_id, 'user' from jsonb_to_recordset(posting -> 'legs') as legs(account_id text)
      where account_id not like 'issuing/%' order by account_id
      on conflict do nothing;
    perform from accounts
      where id in (
        select account_id from jsonb_to_recordset(posting -> 'legs') as legs(account_id text))
      order by id for update;

    for leg in
      select * from jsonb_to_recordset(posting -> 'legs') as legs(
        id text, account_id text, amount_micros bigint, inputs jsonb, connection_id text)
    loop
      update accounts
        set balance_micros = balance_micros + leg.amount_micros,
          version = version + 1,
          updated_at = clock_timestamp()
        where id = leg.account_id returning * into account;
      if not found then
        raise exception 'there is no account %', leg.account_id using errcode = 'foreign_key_violation';
      end if;

      insert into entries (account_id, version, id, transaction_id, amount_micros,
          prev_balance_micros, balance_micros, inputs, connection_id, created_at)
        values (account.id, account.version, leg.id, posting ->> 'id', leg.amount_micros,
          account.balance_micros - leg.amount_micros, account.balance_micros,
          leg.inputs, leg.connection_id, account.updated_at)
        returning * into entry;

      if account.kind = 'user' then
        insert into earned (account_id, source, micros)
          values (account.id, posting ->> 'source', leg.amount_micros)
          on conflict (account_id, source) do update set micros = earned.micros + excluded.micros;
      end if;
      return next entry;
    end loop;
  end $function$

CREATE OR REPLACE FUNCTION earnings.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
  begin
    raise exception 'the ledger only grows: % of % is refused', lower(tg_op), tg_table_name
      using errcode = 'insufficient_privilege';
  end $function$

CREATE OR REPLACE FUNCTION earnings.require_balance()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'earnings', 'pg_temp'
AS $function$
  declare
    posted text := to_jsonb(new) ->> tg_argv[0];
    legs bigint;
    total numeric;
  begin
    select count(*), coalesce(sum(amount_micros), 0) into legs, total
      from entries where transaction_id = posted;
    if legs < 2 or total <> 0 then
      raise exception 'transaction % does not balance: % entries, sum %', posted, legs, total
        using errcode = 'integrity_constraint_violation';
    end if;
    return null;
  end $function$


-- triggers
CREATE CONSTRAINT TRIGGER entries_balance AFTER INSERT ON earnings.entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION earnings.require_balance('transaction_id')
CREATE TRIGGER entries_only_grow BEFORE DELETE OR UPDATE OR TRUNCATE ON earnings.entries FOR EACH STATEMENT EXECUTE FUNCTION earnings.refuse_change()
CREATE CONSTRAINT TRIGGER transactions_balance AFTER INSERT ON earnings.transactions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION earnings.require_balance('id')
CREATE TRIGGER transactions_only_grow BEFORE DELETE OR UPDATE OR TRUNCATE ON earnings.transactions FOR EACH STATEMENT EXECUTE FUNCTION earnings.refuse_change()

-- grants
accounts: select to earnings_app
channel_numbers: delete, insert, select, update to earnings_app
earned: select to earnings_app
entries: select to earnings_app
idempotency_keys: delete, insert, select, update to earnings_app
inbox: delete, insert, select, update to earnings_app
migrations: select to earnings_app
migrations_lock: select to earnings_app
outbox: delete, insert, select, update to earnings_app
transactions: select to earnings_app
