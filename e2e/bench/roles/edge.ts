import { service } from '@meshboard/edge'
import { startService } from '@meshboard/kit'
import { lookAtMemory } from '../memory.ts'
import { playRole } from '../role.ts'

const READS = /^edge_replay_reads_total\S* (\d+)/m

await playRole(async ({ env }: { env: Record<string, string> }) => {
  const running = await startService(service, { ...env, EDGE_PORT: '0', EDGE_DRAIN_MS: '0' })
  const { port } = running.deps as { port: number }
  /** How often it has read stored events. */
  const reads = async () =>
    Number(READS.exec(await running.runtime.metrics.registry.metrics())?.[1] ?? 0)
  return {
    orders: { port: () => port, reads, memory: lookAtMemory },
    close: () => running.stop(),
  }
})
