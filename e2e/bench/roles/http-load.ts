import autocannon from 'autocannon'
import { playRole } from '../role.ts'

interface Load {
  url: string
  connections: number
  seconds: number
  headers: Record<string, string>
}

const load = async ({ url, connections, seconds, headers }: Load) => {
  const began = performance.now()
  const result = await autocannon({ url, connections, duration: seconds, headers })
  const failed = result.errors + result.timeouts + result.non2xx
  if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests failed`)
  return {
    requests: result['2xx'],
    seconds: (performance.now() - began) / 1_000,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  }
}

await playRole(async () => ({ orders: { load }, close: () => Promise.resolve() }))
