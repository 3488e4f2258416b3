import { network } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { type TestMesh, startTestMesh } from '@meshboard/testkit'
import type { Deps } from '../src/deps.ts'
import { service } from '../src/index.ts'

/** A mesh in which only earnings runs, and what is behind its doors. */
export const startEarnings = async (
  env: Record<string, string> = {},
): Promise<{ mesh: TestMesh; deps: Deps }> => {
  const mesh = await startTestMesh()
  const running = await mesh.start(service, env)
  return { mesh, deps: running.deps as Deps }
}

/** An accrual of ten minutes at score 80. */
export const accrualOf = (user_id: string, connection_id = newId('connection')) => ({
  user_id,
  connection_id,
  accrual: 1,
  online_ms: 600_000,
  network_score: 80,
  accrued_at: '2026-11-21T09:30:00.000Z',
})

/** Credits a user with `count` accruals of a connection, 1 minute, 2 minutes … at score 100. */
export const accrueTo = async (mesh: TestMesh, userId: string, count: number): Promise<void> => {
  const first = { ...accrualOf(userId), network_score: 100 }
  for (let accrual = 1; accrual <= count; accrual += 1) {
    const online_ms = accrual * 60_000
    await mesh.deliver(network.events.uptimeAccrued, { ...first, accrual, online_ms })
  }
}
