import { earnings, network } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accrualOf, startEarnings } from './start-earnings.ts'

const { explain, listEntries } = earnings.procedures

let mesh: TestMesh
beforeAll(async () => {
  ;({ mesh } = await startEarnings())
})
afterAll(() => mesh.stop())

test('an entry is explained by formula, inputs, rule, cause and trace', async () => {
  const ann = await mesh.user()
  const source_event = await mesh.deliver(network.events.uptimeAccrued, accrualOf(ann.userId))
  const { entries } = await mesh.call(listEntries, {}, ann)
  const [entry] = entries
  expect(await mesh.call(explain, { entry_id: entry!.id }, ann)).toEqual({
    entry,
    formula: 'online_ms ÷ 60000 × score ÷ 100',
    inputs: { online_ms: '600000', score: '80.0' },
    rule: 'network-rates@1',
    source_event,
    trace_id: expect.stringMatching(/^(?!0+$)[0-9a-f]{32}$/),
  })
})

test('an entry of somebody else, or of nobody, is not found', async () => {
  const [ann, bob] = [await mesh.user(), await mesh.user()]
  await mesh.deliver(network.events.uptimeAccrued, accrualOf(ann.userId))
  const { entries } = await mesh.call(listEntries, {}, ann)
  const foreign = { entry_id: entries[0]!.id }
  expect(await mesh.callFails(explain, foreign, bob)).toMatchObject({ code: 'not_found' })
  const other = await mesh
    .admin('earnings.entries')
    .where('account_id', 'like', 'issuing/%')
    .first()
  for (const entry_id of [newId('entry'), other.id as string])
    expect(await mesh.callFails(explain, { entry_id }, ann)).toMatchObject({ code: 'not_found' })
})
