import { referral } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { credit, startReferee, startReferral, startReferrer } from './start-referral.ts'

const { statistics } = referral.procedures

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startReferral()
})
afterAll(() => mesh.stop())

test('who has brought nobody has nothing', async () => {
  expect(await mesh.call(statistics, {}, await mesh.user())).toEqual({
    ...{ total: 0, pending: 0, completed: 0, rewarded: 0 },
    points: '0.000000',
  })
})

test('those brought are counted over all levels, with what they gave', async () => {
  const ann = await startReferrer(mesh)
  const bob = await startReferee(mesh, ann)
  const cara = await startReferee(mesh, bob)
  await startReferee(mesh, ann)
  await credit(mesh, bob, 8_000_000n)
  await credit(mesh, cara, 8_000_000n)
  expect(await mesh.call(statistics, {}, ann)).toEqual({
    ...{ total: 3, pending: 1, completed: 0, rewarded: 2 },
    points: '1.200000',
  })
  expect(await mesh.call(statistics, {}, bob)).toMatchObject({ total: 1, points: '0.800000' })
})
