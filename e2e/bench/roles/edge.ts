import { service } from '@meshboard/edge'
import { startService } from '@meshboard/kit'
import { playRole } from '../role.ts'

await playRole(async ({ env }: { env: Record<string, string> }) => {
  const running = await startService(service, { ...env, EDGE_PORT: '0', EDGE_DRAIN_MS: '0' })
  const { port } = running.deps as { port: number }
  return { orders: { port: () => port }, close: () => running.stop() }
})
