import { expect, test } from 'vitest'
import { summaryOf } from './statement-summary.ts'

test.each([
  ['select * from "connections" where "id" = $1', 'SELECT connections'],
  [
    'select *, clock_timestamp() as now from connections where id = $1 for update',
    'SELECT connections',
  ],
  [
    'select a.* from network.accounts a join "earnings"."entries" e on true',
    'SELECT accounts entries',
  ],
  ["select pg_advisory_xact_lock(hashtextextended('delete from users ' || $1, 0))", 'SELECT'],
  ['select * from unnest($1::text[]) as given', 'SELECT'],
  ['with newest as (select * from entries limit 1) select * from newest', 'SELECT entries'],
  ['insert into inbox (consumer, event_id) values ($1, $2) on conflict do nothing', 'INSERT inbox'],
  ['insert into a (b) values ($1) on conflict (b) do update set c = 1', 'INSERT a'],
  ['update "connections" set "status" = $1', 'UPDATE connections'],
  ['delete from outbox where id = $1', 'DELETE outbox'],
  [
    'with one as (insert into a select * from b), two as (update c set d = 1) select 1 from one',
    'INSERT a UPDATE c',
  ],
  ['BEGIN;', 'BEGIN'],
  ['set local statement_timeout = 3000', 'SET'],
  ['', 'STATEMENT'],
])('%s is shown as %s', (statement, summary) => {
  expect(summaryOf(statement)).toEqual({ operation: summary.split(' ')[0], summary })
})

test('nothing of a literal comes into a summary', () => {
  const { summary } = summaryOf("select * from users where email = 'from secrets' -- from notes")
  expect(summary).toBe('SELECT users')
})
