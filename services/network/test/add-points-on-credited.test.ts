import { earnings, network } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDevice, startNetwork } from './start-network.ts'

const { credited } = earnings.events

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startNetwork()
})
afterAll(() => mesh.stop())

const credit = (user_id: string, connection_id?: string) => ({
  entry_id: newId('entry'),
  user_id,
  amount: '0.986001',
  source: 'network' as const,
  balance: '12.402100',
  ...(connection_id !== undefined && { connection_id }),
  timestamp: new Date().toISOString(),
})

const pointsOf = async ({ user, connection }: Awaited<ReturnType<typeof startDevice>>) => {
  const input = { connection_id: connection.id }
  return (await mesh.call(network.procedures.get, input, user)).points_earned
}

test('a credit delivered twice is added once, the next one too', async () => {
  const device = await startDevice(mesh)
  const data = credit(device.user.userId, device.connection.id)
  const id = await mesh.deliver(credited, data)
  await mesh.deliver(credited, data, { id, again: true })
  expect(await pointsOf(device)).toBe('0.986001')
  await mesh.deliver(credited, credit(device.user.userId, device.connection.id))
  expect(await pointsOf(device)).toBe('1.972002')
})

test('a credit that the connection did not earn adds nothing to it', async () => {
  const device = await startDevice(mesh)
  await mesh.deliver(credited, { ...credit(device.user.userId), source: 'referral' })
  await mesh.deliver(credited, credit(newId('user'), device.connection.id))
  expect(await pointsOf(device)).toBe('0.000000')
})

test('a heartbeat leaves the points as they are', async () => {
  const device = await startDevice(mesh)
  await mesh.deliver(credited, credit(device.user.userId, device.connection.id))
  await device.beat(1_000)
  expect(await pointsOf(device)).toBe('0.986001')
})
