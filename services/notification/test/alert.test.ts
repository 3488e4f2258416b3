import { notification } from '@meshboard/contracts'
import type { TestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startNotification } from './start-notification.ts'

const { alert } = notification.procedures

let mesh: TestMesh
beforeAll(async () => {
  mesh = await startNotification()
})
afterAll(() => mesh.stop())

test('what an admin has to say of the mesh is told to everybody, once a call', async () => {
  const admin = await mesh.user({ roles: ['admin'] })
  const input = { severity: 'critical' as const, title: 'Upkeep at noon' }
  const raised = await mesh.call(alert, input, admin)
  expect(raised).toEqual({
    id: expect.stringMatching(/^alt_/),
    ...input,
    body: '',
    raised_at: expect.any(String),
  })
  expect(await mesh.published(notification.events.alerted)).toEqual([raised])
})

test('nobody else may raise an alert', async () => {
  const input = { severity: 'info' as const, title: 'Hello' }
  for (const roles of [['user'], ['analyst']] as const) {
    const caller = await mesh.user({ roles: [...roles] })
    expect((await mesh.callFails(alert, input, caller)).code).toBe('forbidden')
  }
  expect((await mesh.callFails(alert, input)).code).toBe('unauthorized')
})
