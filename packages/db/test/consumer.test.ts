// Goal: an event has its effect exactly once, however often it is delivered.
// Method: a consumer that counts in a table, on real parts; the test plays earnings.
// Shows: M3 (part)
import { earnings, network } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { type TestMesh, startTestMesh } from '@meshboard/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { consumer } from '../src/index.ts'
import { type Deps, creditOf, fakeNetwork, uptimeOf } from './fake-network.ts'

const { credited } = earnings.events
let mesh: TestMesh
let failures: number

beforeEach(async () => {
  mesh = await startTestMesh()
  failures = 0
  const raiseUptime = consumer({
    name: 'addPointsOnCredited',
    event: credited,
    async handle({ data, tx }, _deps: Deps) {
      await tx.publish(network.events.uptimeAccrued, uptimeOf(data.user_id, 1))
      if (failures-- > 0) throw new Error('after the effect, before the commit')
    },
  })
  await mesh.start(fakeNetwork({ consumers: [raiseUptime] }))
})
afterEach(() => mesh.stop())

const credit = () => creditOf(newId('user'))

test('an event delivered twice has one effect', async () => {
  const event = credit()
  const id = await mesh.deliver(credited, event)
  await mesh.deliver(credited, event, { id, n: 1, again: true })
  expect(await mesh.published(network.events.uptimeAccrued)).toHaveLength(1)
})

test('an effect that was rolled back is taken when the event comes again', async () => {
  failures = 1
  await mesh.deliver(credited, credit())
  expect(await mesh.published(network.events.uptimeAccrued)).toHaveLength(1)
})
