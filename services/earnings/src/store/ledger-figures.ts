/**
 * One row that says whether the whole ledger holds: sums of all entries and of all balances, accounts
 * whose balance is not their entries' sum, entries that break their account's chain (each 0), and
 * how much there is of it.
 */
export const LEDGER_FIGURES = `
  select (select coalesce(sum(amount_micros), 0) from earnings.entries) as entries_sum,
    (select coalesce(sum(balance_micros), 0) from earnings.accounts) as balances_sum,
    (select count(*) from earnings.accounts a where a.balance_micros <>
      (select coalesce(sum(amount_micros), 0) from earnings.entries e where e.account_id = a.id)) as astray,
    (select count(*) from (select version, balance_micros, amount_micros,
      lag(balance_micros, 1, 0::bigint) over (partition by account_id order by version) as before,
      row_number() over (partition by account_id order by version) as nth from earnings.entries) e
      where e.before + e.amount_micros <> e.balance_micros or e.nth <> e.version) as broken,
    (select count(*) from earnings.entries) as entries,
    (select count(*) from earnings.accounts) as accounts,
    (select coalesce(sum(amount_micros) filter (where amount_micros > 0), 0) from earnings.entries) as credited_micros`
