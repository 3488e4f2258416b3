import { earnings } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Deps } from '../src/deps.ts'
import { issuingAccountOf } from '../src/domain/issuing-account.ts'
import { accrueTo, startEarnings } from './start-earnings.ts'

const { getSummary, listEntries } = earnings.procedures

let mesh: TestMesh
let deps: Deps
beforeAll(async () => {
  ;({ mesh, deps } = await startEarnings())
})
afterAll(() => mesh.stop())

test('who has earned nothing has nothing', async () => {
  const ann = await mesh.user()
  expect(await mesh.call(getSummary, {}, ann)).toEqual({
    user_id: ann.userId,
    balance: '0.000000',
    earned: { network: '0.000000', referral: '0.000000', bonus: '0.000000' },
    entries: 0,
  })
})

test('a balance is shown with where it came from', async () => {
  const [ann, bob] = [await mesh.user(), await mesh.user()]
  await accrueTo(mesh, ann.userId, 2)
  await accrueTo(mesh, bob.userId, 1)
  await deps.database.transaction((tx) =>
    deps.ledger.post(
      tx,
      {
        source: 'bonus',
        sourceId: 'welcome#ann',
        rule: 'network-rates@1',
        legs: [
          { accountId: issuingAccountOf(ann.userId), micros: -500_000n, inputs: {} },
          { accountId: ann.userId, micros: 500_000n, inputs: {} },
        ],
      },
      { sourceEvent: 'evt_1', traceId: '1' },
    ),
  )
  const { entries } = await mesh.call(listEntries, {}, ann)
  expect(await mesh.call(getSummary, {}, ann)).toEqual({
    user_id: ann.userId,
    balance: '3.500000',
    earned: { network: '3.000000', referral: '0.000000', bonus: '0.500000' },
    entries: 3,
    last_entry_at: entries[0]?.timestamp,
  })
})

test('nobody sees a summary without signing in', async () => {
  expect(await mesh.callFails(getSummary, {})).toMatchObject({ code: 'unauthorized' })
})
