// Goal: transactions that get in each other's way end as they should or are refused; money stays whole.
// Method: many writers on two hot accounts, a third of them deadlocking, a third of them not serializable.
// Shows: D6
import { Failure } from '@meshboard/contracts'
import type { Tx } from '@meshboard/db'
import { newId } from '@meshboard/kit'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Deps } from '../src/deps.ts'
import type { Posting } from '../src/domain/posting.ts'
import { expectWholeLedger } from './ledger-invariants.ts'
import { startEarnings } from './start-earnings.ts'

const FULL = process.env['MESH_TEST_FULL'] === '1'
const WRITERS = FULL ? 32 : 8
const TRANSACTIONS = FULL ? 5_000 : 300
const CAUSE = { sourceEvent: 'evt_1', traceId: '1' }

let mesh: TestMesh
let deps: Deps
beforeAll(async () => {
  ;({ mesh, deps } = await startEarnings({ DATABASE_CONNECTIONS_MAX: String(WRITERS) }))
  await mesh.admin.raw(`do $$ begin
    execute format('alter database %I set deadlock_timeout = ''10ms''', current_database());
  end $$`)
})
afterAll(() => mesh.stop())

/** The issuing accounts are many, so that only the two users' are hot. */
const credit = (userId: string, nth: number): Posting => ({
  source: 'bonus',
  sourceId: newId('event'),
  rule: 'network-rates@1',
  legs: [
    { accountId: `issuing/${String(nth % 64).padStart(2, '0')}`, micros: -1n, inputs: {} },
    { accountId: userId, micros: 1n, inputs: {} },
  ],
})

/** One of the three ways to be in the way: crosswise, not serializable, and neither. */
const change = async (tx: Tx, { nth, users }: { nth: number; users: readonly string[] }) => {
  const [one = '', other = ''] = nth % 2 === 0 ? users : users.toReversed()
  if (nth % 3 === 0) await tx.raw('set transaction isolation level repeatable read')
  if (nth % 3 === 0) await deps.ledger.summaryOf(tx, one)
  await deps.ledger.post(tx, credit(one, nth), CAUSE)
  if (nth % 3 === 1) await deps.ledger.post(tx, credit(other, nth), CAUSE)
}

test(
  `${TRANSACTIONS} transactions of ${WRITERS} writers are done or refused, and the ledger is whole`,
  async () => {
    const users = [newId('user'), newId('user')]
    let expected = 0n
    const refusals: unknown[] = []
    let next = 0
    let runs = 0
    const counted = (tx: Tx, nth: number) => {
      runs += 1
      return change(tx, { nth, users })
    }
    const write = async () => {
      for (let nth = (next += 1); nth <= TRANSACTIONS; nth = next += 1) {
        try {
          await deps.database.transaction((tx) => counted(tx, nth))
          expected += nth % 3 === 1 ? 2n : 1n
        } catch (error) {
          refusals.push(error)
        }
      }
    }
    await Promise.all(Array.from({ length: WRITERS }, write))

    expect(runs).toBeGreaterThan(TRANSACTIONS * 1.1)
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(Failure)
      expect(refusal).toMatchObject({ code: 'overloaded', retry: 'later' })
    }
    expect(expected).toBeGreaterThan(0n)
    const summaries = users.map((user) => deps.ledger.summaryOf(deps.database.query, user))
    const balances = (await Promise.all(summaries)).map(({ balanceMicros }) => balanceMicros)
    expect(balances.reduce((sum, balance) => sum + balance, 0n)).toBe(expected)
    await expectWholeLedger(mesh)
  },
  FULL ? 600_000 : 60_000,
)
