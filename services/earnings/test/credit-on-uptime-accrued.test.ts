// Shows: L2 (part)
import { earnings, network } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { expectWholeLedger } from './ledger-invariants.ts'
import { accrualOf, startEarnings } from './start-earnings.ts'

const { uptimeAccrued } = network.events
const { getSummary, listEntries } = earnings.procedures

let mesh: TestMesh
beforeAll(async () => {
  ;({ mesh } = await startEarnings())
})
afterEach(() => expectWholeLedger(mesh))
afterAll(() => mesh.stop())

const creditsOf = async (userId: string) =>
  (await mesh.published(earnings.events.credited)).filter(({ user_id }) => user_id === userId)

test('time online is credited to the micropoint, and its user is told', async () => {
  const ann = await mesh.user()
  const accrual = accrualOf(ann.userId)
  await mesh.deliver(uptimeAccrued, accrual)
  await mesh.deliver(uptimeAccrued, {
    ...accrual,
    accrual: 2,
    online_ms: 5_000,
    network_score: 98.6,
  })

  const { entries } = await mesh.call(listEntries, {}, ann)
  expect(entries.map(({ amount }) => amount)).toEqual(['0.082166', '8.000000'])
  const told = entries.toReversed().map(({ id, amount, balance_after, timestamp }) => ({
    entry_id: id,
    user_id: ann.userId,
    amount,
    source: 'network',
    balance: balance_after,
    connection_id: accrual.connection_id,
    timestamp,
  }))
  expect(await creditsOf(ann.userId)).toEqual(told)
})

test('an accrual delivered twice is credited once', async () => {
  const ann = await mesh.user()
  const accrual = accrualOf(ann.userId)
  const id = await mesh.deliver(uptimeAccrued, accrual)
  await mesh.deliver(uptimeAccrued, accrual, { id, again: true })
  expect(await creditsOf(ann.userId)).toHaveLength(1)
})

test('an accrual that a second event tells of is credited once', async () => {
  const ann = await mesh.user()
  const accrual = accrualOf(ann.userId)
  await mesh.deliver(uptimeAccrued, accrual)
  await mesh.deliver(uptimeAccrued, { ...accrual, accrued_at: '2026-11-21T09:31:00.000Z' })
  expect(await creditsOf(ann.userId)).toHaveLength(1)
  expect(await mesh.call(getSummary, {}, ann)).toMatchObject({ balance: '8.000000', entries: 1 })
})

test('other data under the number of an accrual are refused, and the next one is credited', async () => {
  const ann = await mesh.user()
  const accrual = accrualOf(ann.userId)
  await mesh.deliver(uptimeAccrued, accrual)
  await mesh.deliver(uptimeAccrued, { ...accrual, online_ms: 6_000_000 })
  await mesh.deliver(uptimeAccrued, { ...accrual, accrual: 2 })
  expect((await creditsOf(ann.userId)).map(({ balance }) => balance)).toEqual([
    '8.000000',
    '16.000000',
  ])
})

test('an accrual that earns nothing leaves no trace', async () => {
  const ann = await mesh.user()
  await mesh.deliver(uptimeAccrued, { ...accrualOf(ann.userId), network_score: 0 })
  expect(await creditsOf(ann.userId)).toEqual([])
  expect(await mesh.call(getSummary, {}, ann)).toMatchObject({ entries: 0 })
})

test('many accruals at once are all credited', async () => {
  const ann = await mesh.user()
  const connections = Array.from({ length: 20 }, () => newId('connection'))
  await Promise.all(
    connections.map((connection, nth) =>
      mesh.deliver(uptimeAccrued, accrualOf(ann.userId, connection), { n: nth + 1 }),
    ),
  )
  expect(await mesh.call(getSummary, {}, ann)).toMatchObject({ balance: '160.000000', entries: 20 })
  expect(await creditsOf(ann.userId)).toHaveLength(20)
})
