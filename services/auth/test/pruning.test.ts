import { until } from '@meshboard/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { createDevice, register } from './device.ts'
import { startAuth } from './start-auth.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const ago = (ms: number) => new Date(Date.now() - ms)

test('proofs nobody would believe and sessions long ended are forgotten, others kept', async () => {
  const { mesh, start, stop } = await startAuth()
  onTestFinished(stop)
  const sessions = await Promise.all(
    ['kept', 'ended', 'forgotten'].map(() => register(mesh, createDevice())),
  )
  const ids = sessions.map(({ session_id }) => session_id)
  const ends = [ago(-DAY_MS), ago(29 * DAY_MS), ago(31 * DAY_MS)]
  for (const [nth, id] of ids.entries()) {
    const ended = { created_at: ago(40 * DAY_MS), expires_at: ends[nth] }
    await mesh.admin('auth.sessions').where({ id }).update(ended)
  }
  await mesh.admin('auth.used_proofs').insert([
    { public_key: 'k', kind: 'nonce', value: 'forgotten', remember_until: ago(1_000) },
    { public_key: 'k', kind: 'nonce', value: 'kept', remember_until: ago(-60_000) },
  ])

  await start([1])
  await until(async () => (await mesh.admin('auth.sessions').where({ id: ids[2] })).length === 0)
  expect(await mesh.admin('auth.sessions').pluck('id')).toEqual(
    expect.arrayContaining([ids[0], ids[1]]),
  )
  const values = await mesh.admin('auth.used_proofs').where({ kind: 'nonce' }).pluck('value')
  expect(values).toEqual(['kept'])
})
