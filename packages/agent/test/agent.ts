import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startTestEdge, startTestGateway } from '@meshboard/client/test-edge'
import { onTestFinished, vi } from 'vitest'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const CONNECTION_ID = `con_${'0'.repeat(26)}`
const PROCEDURES = {
  'network.echo': ({ data }: { data: string }) => ({ data }),
  'network.connect': (input: object) => ({
    ...input,
    id: CONNECTION_ID,
    points_earned: '0.000000',
  }),
  'network.heartbeat': ({ connection_id }: { connection_id: string }) => ({
    connection_id,
    status: 'connected',
    network_score: 98.6,
    connection_time: 0,
  }),
  'network.disconnect': () => ({}),
  'earnings.explain': () => ({ trace_id: '4bf9' }),
}

/** A test edge with a network and a ledger, a test gateway, and a home folder of its own. */
export const aMesh = async () => {
  const [edge, gateway] = [await startTestEdge(), await startTestGateway()]
  onTestFinished(() => edge.stop())
  onTestFinished(() => gateway.stop())
  const home = await mkdtemp(join(tmpdir(), 'agent-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  edge.keys.has = (publicKey) => gateway.accounts.has(publicKey)
  Object.assign(edge.procedures, PROCEDURES)
  const env = {
    ...process.env,
    HOME: home,
    MESH_SERVER: edge.url.replace('/ws/v1', ''),
    MESH_GATEWAY: gateway.url,
  }
  return { edge, gateway, home, start: (...args: string[]) => startAgent(args, env) }
}

/** The agent as a process of its own; ended after the test. */
const startAgent = (args: string[], env: NodeJS.ProcessEnv) => {
  const child = spawn(process.execPath, ['--conditions=@meshboard/source', MAIN, ...args], { env })
  const lines: string[] = []
  const errors: string[] = []
  createInterface(child.stdout).on('line', (line) => lines.push(line))
  createInterface(child.stderr).on('line', (line) => errors.push(line))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const told = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  const tells = (event: string, count = 1) =>
    vi.waitUntil(() => told().filter((one) => one['event'] === event)[count - 1], {
      timeout: 10_000,
      interval: 10,
    })
  return { lines, errors, ended, tells, stop: () => child.kill('SIGTERM') }
}
