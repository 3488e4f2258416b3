import type { TestMesh } from '@meshboard/testkit'
import { expect } from 'vitest'

/** Everything wrong with the ledger, one row each; computed anew from the entries alone. */
const DEVIATIONS = `
  select 'the accounts do not sum to 0' as what, sum(balance_micros)::text as which
    from earnings.accounts having sum(balance_micros) <> 0
  union all
  select 'a transaction does not balance', t.id
    from earnings.transactions t left join earnings.entries e on e.transaction_id = t.id
    group by t.id having count(e.id) < 2 or sum(e.amount_micros) <> 0
  union all
  select 'a balance is not that of its entries', a.id
    from earnings.accounts a left join earnings.entries e on e.account_id = a.id
    group by a.id
    having a.balance_micros <> coalesce(sum(e.amount_micros), 0) or a.version <> count(e.id)
  union all
  select 'a chain of versions is broken', id from (
    select id, version, prev_balance_micros,
      row_number() over chain as place, lag(balance_micros, 1, 0::bigint) over chain as before
    from earnings.entries window chain as (partition by account_id order by version)
  ) as chained where version <> place or prev_balance_micros <> before
  union all
  select 'what was earned is not what the entries say', coalesce(n.account_id, k.account_id)
    from (
      select account_id, source, sum(amount_micros) as micros
      from earnings.entries join earnings.transactions t on t.id = transaction_id
      where account_id not like 'issuing/%' group by account_id, source
    ) as n full join earnings.earned k using (account_id, source)
    where n.micros is distinct from k.micros`

/** Every transaction and all accounts sum to 0, every balance and chain is that of its entries. */
export const expectWholeLedger = async (mesh: TestMesh): Promise<void> => {
  const { rows } = await mesh.admin.raw<{ rows: unknown[] }>(DEVIATIONS)
  expect(rows).toEqual([])
}
