// Goal: a ledger that does not add up is told of, whoever made it so.
// Method: the real service; the test changes balances behind its back, as a broken disk or hand would.
import { network } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { service } from '../src/index.ts'
import { accrualOf } from './start-earnings.ts'

let mesh: TestMesh
let measured: (name: string) => Promise<number>

beforeAll(async () => {
  mesh = await startTestMesh()
  const { runtime } = await mesh.start(service, { EARNINGS_LEDGER_CHECK_MS: '50' })
  measured = async (name) => {
    const text = await runtime.metrics.registry.metrics()
    return Number(new RegExp(`^${name}{.*} (\\S+)$`, 'm').exec(text)?.[1])
  }
})
afterAll(() => mesh.stop())

const IMBALANCE = 'earnings_ledger_imbalance_micros'
const ASTRAY = 'earnings_ledger_accounts_astray'

/** Changes a balance as nobody may, past the triggers that refuse it. */
const change = (account: string, micros: number) =>
  mesh.admin.transaction(async (tx) => {
    await tx.raw("set local session_replication_role = 'replica'")
    await tx('earnings.accounts').where({ id: account }).increment('balance_micros', micros)
  })

/** Waits for two looks, the second of which began after now. */
const looked = async () => {
  let [age, looks] = [0, 0]
  await until(async () => {
    const now = await measured('earnings_ledger_check_age_seconds')
    if (now < age) looks += 1
    age = now
    return looks === 2
  })
}

test('a ledger that adds up is 0, and one balance changed by hand is not', async () => {
  const user = newId('user')
  await mesh.deliver(network.events.uptimeAccrued, accrualOf(user))
  await looked()
  expect([await measured(IMBALANCE), await measured(ASTRAY)]).toEqual([0, 0])

  await change(user, 7)
  await until(async () => (await measured(IMBALANCE)) === 7)
  expect(await measured(ASTRAY)).toBe(1)

  await change('issuing/63', -7)
  await until(async () => (await measured(IMBALANCE)) === 0)
  expect(await measured(ASTRAY)).toBe(2)

  await change(user, -7)
  await change('issuing/63', 7)
  await until(async () => (await measured(ASTRAY)) === 0)
})
