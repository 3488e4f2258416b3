import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  OPERATOR,
  PROVISIONER,
  type Service,
  permissionsConfig,
  processEnvironment,
} from '@meshboard/kit'
import { until } from './until.ts'

/** The password of a broker user. */
export const passwordOf = (user: string): string => `test_${user}`

/** A real nats-server with the generated permissions, on a free port and a folder of its own. */
export class Nats {
  readonly #folder: string
  readonly #users: readonly string[]
  #process: ChildProcess | undefined
  port = -1

  private constructor(folder: string, users: readonly string[]) {
    this.#folder = folder
    this.#users = users
  }

  static async start(services: readonly Service[]): Promise<Nats> {
    const folder = await mkdtemp(join(tmpdir(), 'edge-nats-'))
    const nats = new Nats(folder, [OPERATOR, PROVISIONER, ...services.map(({ name }) => name)])
    const rights = services.map((service) => ({ ...service, service: service.name }))
    await writeFile(join(folder, 'permissions.conf'), withFaults(permissionsConfig(rights)))
    await nats.launch()
    return nats
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`
  }

  async launch(): Promise<void> {
    const folder = this.#folder
    const head = `host: 127.0.0.1\nport: ${this.port}\njetstream { store_dir: "${folder}/data" }\n`
    await writeFile(join(folder, 'server.conf'), `${head}include "permissions.conf"\n`)
    const binary = processEnvironment()['NATS_SERVER_BIN'] ?? (await findServer())
    const server = spawn(binary, ['-c', join(folder, 'server.conf')], {
      env: Object.fromEntries(
        this.#users.map((user) => [`NATS_PASSWORD_${user.toUpperCase()}`, passwordOf(user)]),
      ),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#process = server
    // Also when the file fails before it could stop anything.
    const killed = () => server.kill('SIGKILL')
    process.once('exit', killed)
    server.once('exit', () => process.off('exit', killed))
    let log = ''
    server.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
    await until(() => {
      if (server.exitCode !== null) throw new Error(`nats-server ended:\n${log}`)
      return log.includes('Server is ready')
    })
    this.port = Number(/client connections on [\d.]+:(\d+)/.exec(log)?.[1])
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const server = this.#process
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    await ended
  }

  /** Stops it where it stands: connections stay open and nobody answers. */
  freeze(): void {
    this.#process?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#process?.kill('SIGCONT')
  }

  /** Has the broker take what an edge sends itself, or no longer. */
  async letCanariesFly(fly: boolean): Promise<void> {
    const path = join(this.#folder, 'permissions.conf')
    const before = await readFile(path, 'utf8')
    const [from, to] = fly ? [CAGED, FLYING] : [FLYING, CAGED]
    const after = before.replace(from, to)
    if (after === before) return
    await writeFile(path, after)
    this.#process?.kill('SIGHUP')
  }

  async stop(): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** As the rights of the edge have it, and as they might lack it. */
const [FLYING, CAGED] = ['"feed.canary.*"', '"feed.caged.*"']

const findServer = async (): Promise<string> => {
  const servers = new URL('../../../.mesh/servers', import.meta.url).pathname
  const found = await readdir(servers, { recursive: true }).catch(() => [])
  const path = found.find((name) => name.endsWith('bin/nats-server'))
  return path === undefined ? 'nats-server' : join(servers, path)
}

/** Nobody can take a stream away, or say that it has a new leader; where a test does, it stands for a fault. */
const withFaults = (permissions: string): string =>
  permissions
    .replace(
      'imports: [',
      'imports: [\n{ service: { account: SYS, subject: "$JS.API.STREAM.DELETE.*" }, share: true }',
    )
    .replace('publish: { allow: ["$JS.API.>"', 'publish: { allow: ["$JS.EVENT.>", "$JS.API.>"')
