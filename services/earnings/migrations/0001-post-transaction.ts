/**
 * The one way to post. Runs in the caller's transaction with the owner's rights; gives the new
 * entries, and none when the same was posted before. The accounts are locked in the order of their
 * ids, so that two postings never wait for each other crosswise.
 */
export const POST_TRANSACTION = `
  create function post_transaction(posting jsonb) returns setof entries
  language plpgsql security definer set search_path = earnings, pg_temp as $$
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
  end $$;

  revoke execute on function post_transaction from public;
`
