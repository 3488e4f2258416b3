import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  OPERATOR,
  PROVISIONER,
  type Service,
  permissionsConfig,
  processEnvironment,
  provision,
} from '@meshboard/kit'

/** A broker of this test file's own, with the rights that follow from the contracts. */
export interface TestBroker {
  /** What a service's process would find in its environment. */
  environmentOf(service: string): Record<string, string>
  stop(): Promise<void>
}

/** Starts nats-server (`NATS_SERVER_BIN`) for these services, their streams made. */
export const startBroker = async (services: readonly Service[]): Promise<TestBroker> => {
  const folder = await mkdtemp(join(tmpdir(), 'meshboard-gateway-'))
  const parts = services.map((service) => ({ ...service, service: service.name }))
  const config = [
    'host: 127.0.0.1',
    'port: -1',
    `ports_file_dir: "${folder}"`,
    `jetstream { store_dir: "${folder}/data" }`,
    permissionsConfig(parts),
  ]
  await writeFile(join(folder, 'server.conf'), config.join('\n'))
  const users = [OPERATOR, PROVISIONER, ...services.map(({ name }) => name)]
  const server = spawn(
    processEnvironment()['NATS_SERVER_BIN'] ?? 'nats-server',
    ['-c', 'server.conf'],
    {
      cwd: folder,
      env: Object.fromEntries(users.map((user) => [`NATS_PASSWORD_${user.toUpperCase()}`, user])),
      stdio: 'ignore',
    },
  )
  // Also when the file fails before it could stop anything.
  const killed = () => server.kill('SIGKILL')
  process.once('exit', killed)
  server.once('exit', () => process.off('exit', killed))
  const url = await urlOf(server, folder)
  const options = { servers: [url], service: PROVISIONER, user: PROVISIONER, password: PROVISIONER }
  await provision(options, parts, { replicas: 1 })
  return {
    environmentOf: (service) => ({
      NATS_URL: url,
      NATS_USER: service,
      NATS_PASSWORD: service,
      // Everything in a test shares one event loop: on a busy machine each service would shed for all.
      EVENT_LOOP_LAG_MAX_MS: '10000',
      LOG_LEVEL: processEnvironment()['TEST_LOG_LEVEL'] ?? 'silent',
    }),
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const urlOf = async (server: ChildProcess, folder: string): Promise<string> => {
  let failed: Error | undefined
  server.once('error', (error) => (failed = error))
  for (let waited = 0; waited < 10_000; waited += 10) {
    if (failed) throw failed
    if (server.exitCode !== null) throw new Error(`nats-server ended with ${server.exitCode}`)
    const file = (await readdir(folder)).find((name) => name.endsWith('.ports'))
    const text = file ? await readFile(join(folder, file), 'utf8') : ''
    const [url] = text === '' ? [] : ((JSON.parse(text) as { nats?: string[] }).nats ?? [])
    if (url !== undefined) return url
    await sleep(10)
  }
  throw new Error('nats-server did not start')
}
