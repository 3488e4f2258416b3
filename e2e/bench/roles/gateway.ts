import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { service } from '@meshboard/gateway'
import { startService } from '@meshboard/kit'
import { playRole } from '../role.ts'

await playRole(async ({ env }: { env: Record<string, string> }) => {
  const running = await startService(service, { ...env, GATEWAY_PORT: '0' })
  const { server } = running.deps as { server: Server }
  return {
    orders: { port: () => (server.address() as AddressInfo).port },
    close: () => running.stop(),
  }
})
