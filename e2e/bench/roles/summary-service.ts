import { startService } from '@meshboard/kit'
import { playRole } from '../role.ts'
import { summaryService } from '../stand-ins.ts'

await playRole(async ({ env }: { env: Record<string, string> }) => {
  const running = await startService(summaryService, env)
  return { orders: {}, close: () => running.stop() }
})
