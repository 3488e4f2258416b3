// Shows: L1 (part), L8 (part), L9 (part), L10 (part)
import { newId } from '@meshboard/kit'
import type { TestMesh } from '@meshboard/testkit'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Deps } from '../src/deps.ts'
import type { Leg, Posting } from '../src/domain/posting.ts'
import { expectWholeLedger } from './ledger-invariants.ts'
import { startEarnings } from './start-earnings.ts'

const CAUSE = { sourceEvent: 'evt_1', traceId: '1' }

let mesh: TestMesh
let deps: Deps
beforeAll(async () => {
  ;({ mesh, deps } = await startEarnings())
})
afterEach(() => expectWholeLedger(mesh))
afterAll(() => mesh.stop())

const post = (posting: Posting) =>
  deps.database.transaction((tx) => deps.ledger.post(tx, posting, CAUSE))
const leg = (accountId: string, micros: bigint): Leg => ({ accountId, micros, inputs: {} })
const posting = (...legs: Leg[]): Posting => ({
  source: 'bonus',
  sourceId: newId('event'),
  rule: 'network-rates@1',
  legs,
})
const credit = (userId: string, micros: bigint) =>
  posting(leg('issuing/17', -micros), leg(userId, micros))
const balanceOf = async (userId: string) =>
  (await deps.ledger.summaryOf(deps.database.query, userId)).balanceMicros

test('the worked ledger of ten minutes and a reward comes out to the micropoint', async () => {
  const [referee, referrer] = [newId('user'), newId('user')]
  const network = await post(credit(referee, 8_000_000n))
  const reward = await post(posting(leg('issuing/03', -800_000n), leg(referrer, 800_000n)))
  expect([...network, ...reward]).toMatchObject([
    { accountId: 'issuing/17', micros: -8_000_000n, balanceMicros: -8_000_000n },
    { accountId: referee, micros: 8_000_000n, balanceMicros: 8_000_000n },
    { accountId: 'issuing/03', micros: -800_000n, balanceMicros: -800_000n },
    { accountId: referrer, micros: 800_000n, balanceMicros: 800_000n },
  ])
})

test('postings to one account at once all count, one after the other', async () => {
  const user = newId('user')
  await Promise.all(Array.from({ length: 100 }, (_, nth) => post(credit(user, BigInt(nth + 1)))))
  expect(await balanceOf(user)).toBe(5_050n)
})

test('the same posting at the same time is posted once', async () => {
  const user = newId('user')
  const same = credit(user, 7n)
  const posted = await Promise.all(Array.from({ length: 20 }, () => post(same)))
  expect(posted.filter((entries) => entries.length > 0)).toHaveLength(1)
  expect(await balanceOf(user)).toBe(7n)
})

test('other data under a source id are refused, and what stood there stays', async () => {
  const user = newId('user')
  const first = credit(user, 7n)
  await post(first)
  const other = { ...credit(user, 8n), sourceId: first.sourceId }
  await expect(post(other)).rejects.toMatchObject({ code: 'conflict', retry: 'never' })
  expect(await balanceOf(user)).toBe(7n)
})

test('a posting of several legs is in the ledger as a whole or not at all', async () => {
  const [one, other] = [newId('user'), newId('user')]
  await post(posting(leg('issuing/00', -3n), leg(one, 2n), leg(other, 1n)))
  expect([await balanceOf(one), await balanceOf(other)]).toEqual([2n, 1n])
  await expect(post(posting(leg(one, 2n), leg(other, -2n)))).rejects.toThrow(/owe_nothing/)
  expect([await balanceOf(one), await balanceOf(other)]).toEqual([2n, 1n])
})

test.for<[string, () => Posting, RegExp]>([
  [
    'that does not balance',
    () => posting(leg('issuing/00', -2n), leg(newId('user'), 1n)),
    /balance/,
  ],
  ['with one leg', () => posting(leg('issuing/00', -2n)), /balance/],
  ['without any', () => posting(), /balance/],
  ['of nothing', () => posting(leg('issuing/00', 0n), leg(newId('user'), 0n)), /amount_micros/],
  ['from nowhere', () => posting(leg('issuing/64', -1n), leg(newId('user'), 1n)), /no account/],
  [
    'beyond 2^63',
    () => posting(leg('issuing/00', -(2n ** 63n) - 1n), leg('u', 1n)),
    /out of range/,
  ],
])('a posting %s is refused', async ([, made, reason]) => {
  await expect(post(made())).rejects.toThrow(reason)
})

test('amounts beyond what a number holds come out exact', async () => {
  const user = newId('user')
  const micros = 2n ** 53n + 1n
  const posted = await post(posting(leg('issuing/63', -micros), leg(user, micros)))
  expect(posted.map((entry) => entry.micros)).toEqual([-micros, micros])
  expect(await balanceOf(user)).toBe(micros)
})

test('random transfers between accounts leave the ledger whole at every look', async () => {
  const users = Array.from({ length: 8 }, () => newId('user'))
  await Promise.all(users.map((user) => post(credit(user, 1_000n))))
  const place = fc.integer({ min: 0, max: users.length - 1 })
  const transfers = fc.sample(fc.tuple(place, place, fc.bigInt({ min: 1n, max: 400n })), 200)
  const looking = (async () => {
    for (let look = 0; look < 10; look += 1) await expectWholeLedger(mesh)
  })()
  const outcomes = await Promise.allSettled(
    transfers.map(([from, to, micros]) =>
      post(posting(leg(users[from]!, -micros), leg(users[to]!, micros))),
    ),
  )
  await looking
  const reasons = outcomes.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
  expect(reasons.filter((reason) => !reason.includes('owe_nothing'))).toEqual([])
  const balances = await Promise.all(users.map(balanceOf))
  expect(balances.reduce((sum, balance) => sum + balance, 0n)).toBe(8_000n)
})

test.for([
  ['accounts', 'balance_micros'],
  ['transactions', 'rule'],
  ['entries', 'amount_micros'],
  ['earned', 'micros'],
])("the service's role cannot write %s past the posting function", async ([table, column]) => {
  await post(credit(newId('user'), 1n))
  const { query } = deps.database
  for (const statement of [
    `update ${table} set ${column} = ${column}`,
    `delete from ${table}`,
    `truncate ${table} cascade`,
    `insert into ${table} default values`,
    `alter table ${table} disable trigger all`,
    `drop table ${table}`,
  ])
    await expect(query.raw(statement)).rejects.toThrow(/permission denied|must be owner/)
})

test.for(['transactions', 'entries'])('nobody changes %s, not even their owner', async (table) => {
  await post(credit(newId('user'), 1n))
  for (const statement of [
    `update earnings.${table} set created_at = now()`,
    `delete from earnings.${table}`,
    `truncate earnings.${table} cascade`,
  ])
    await expect(mesh.admin.raw(statement)).rejects.toThrow(/the ledger only grows/)
})
