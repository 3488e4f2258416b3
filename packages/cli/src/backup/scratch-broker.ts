import { spawn } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BrokerOptions, PROVISIONER, defineConfig, readConfig, text } from '@meshboard/kit'
import type { Environment } from '@meshboard/kit'
import { Refusal } from '../refusal.ts'

const scratchConfig = defineConfig({
  binary: text({
    env: 'NATS_SERVER_BIN',
    meaning: 'The nats-server that a drill starts.',
    default: 'nats-server',
  }),
})

/** A broker of a drill's own: nobody but the drill connects to it. */
export interface ScratchBroker {
  readonly options: Omit<BrokerOptions, 'onFault'>
  /** Ends it, and deletes its data. */
  stop(): Promise<void>
}

const READY_MS = 10_000
const LOOK_MS = 50

/** Starts nats-server on a free port of the loopback, its data in a temporary folder. */
export const startScratchBroker = async (env: Environment): Promise<ScratchBroker> => {
  const folder = await mkdtemp(join(tmpdir(), 'meshboard-drill-'))
  const file = join(folder, 'server.conf')
  await writeFile(
    file,
    `host: 127.0.0.1\nport: -1\nports_file_dir: "${folder}"\njetstream { store_dir: "${folder}/data" }\n`,
  )
  const { binary } = readConfig(scratchConfig, env)
  const server = spawn(binary, ['-c', file], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => {
    server.once('exit', () => resolve())
    server.once('error', () => resolve())
  })
  const killed = () => server.kill('SIGKILL')
  process.once('exit', killed)
  const stop = async () => {
    process.off('exit', killed)
    server.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  const url = await Promise.race([urlIn(folder), ended])
  if (url !== undefined)
    return { options: { servers: [url], service: PROVISIONER, user: '', password: '' }, stop }
  await stop()
  throw new Refusal(`No nats-server could be started (${binary}). Set NATS_SERVER_BIN to one.`)
}

const urlIn = async (folder: string): Promise<string | undefined> => {
  for (let waitedMs = 0; waitedMs < READY_MS; waitedMs += LOOK_MS) {
    const ports = (await readdir(folder)).find((name) => name.endsWith('.ports'))
    const written = ports === undefined ? '' : await readFile(join(folder, ports), 'utf8')
    const { nats = [] } = JSON.parse(written || '{}') as { nats?: string[] }
    if (nats[0] !== undefined) return nats[0]
    await sleep(LOOK_MS)
  }
  return undefined
}
