import { network } from '@meshboard/contracts'
import { type TestMesh, type TestUser, startTestMesh } from '@meshboard/testkit'
import { service } from '../src/index.ts'

const { connect, heartbeat } = network.procedures

/** A mesh in which only network runs; it does not sweep unless `env` says so. */
export const startNetwork = async (env: Record<string, string> = {}): Promise<TestMesh> => {
  const mesh = await startTestMesh()
  await mesh.start(service, { NETWORK_SWEEP_MS: '600000', ...env })
  return mesh
}

/** Measurements that make a score of 100. */
export const PERFECT = { latency_ms: 0, jitter_ms: 0, packet_loss_pct: 0 }
/** Measurements that make a score of 50. */
export const HALF = { ...PERFECT, latency_ms: 400 }

/** As if nothing had been heard of any device for that much longer. */
export const letPass = async (mesh: TestMesh, ms: number): Promise<void> => {
  await mesh.admin.raw(
    `update network.connections set seen_at = seen_at - ? * interval '1 millisecond'`,
    [ms],
  )
}

/** A user with one open connection. */
export const startDevice = async (mesh: TestMesh, caller?: TestUser) => {
  const user = caller ?? (await mesh.user())
  const opened = await mesh.call(connect, { device_id: 'phone', network_name: 'home' }, user)
  return {
    user,
    connection: opened,
    /** A heartbeat, `ms` after the one before and what the test itself took. */
    async beat(ms: number, quality = PERFECT) {
      await letPass(mesh, ms)
      return mesh.call(heartbeat, { connection_id: opened.id, quality }, user)
    },
  }
}
