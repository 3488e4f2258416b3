/** What holds for every row, whoever writes it. */
export const LEDGER_RULES = `
  create function refuse_change() returns trigger
  language plpgsql as $$
  begin
    raise exception 'the ledger only grows: % of % is refused', lower(tg_op), tg_table_name
      using errcode = 'insufficient_privilege';
  end $$;

  create trigger transactions_only_grow before update or delete or truncate on transactions
    for each statement execute function refuse_change();
  create trigger entries_only_grow before update or delete or truncate on entries
    for each statement execute function refuse_change();

  create function require_balance() returns trigger
  language plpgsql set search_path = earnings, pg_temp as $$
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
  end $$;

  create constraint trigger transactions_balance after insert on transactions
    deferrable initially deferred for each row execute function require_balance('id');
  create constraint trigger entries_balance after insert on entries
    deferrable initially deferred for each row execute function require_balance('transaction_id');
`
