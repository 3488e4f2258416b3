import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from '@meshboard/testkit'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LAUNCHER = join(ROOT, 'packages/launcher/src/main.mjs')
const START_MS = 60_000
/** There is no other door for clients to move to, and nobody looks at traces unless a test does. */
const USUAL = { EDGE_DRAIN_MS: '500', GATEWAY_DRAIN_MS: '0', MESH_TRACES: 'off' }

/** What `up` says of the mesh it runs. */
interface MeshFacts {
  ready: boolean
  urls: Record<string, string>
  ports: Record<string, number>
  pids: Record<string, number>
  env: Record<string, string>
}

/**
 * The whole mesh as a user starts it: `up` as a process of its own, on free ports, its data in a
 * temporary folder that outlives a restart.
 */
export class Up {
  readonly home: string
  readonly #env: Record<string, string>
  #process: ChildProcess | undefined
  #output = ''

  private constructor(home: string, env: Record<string, string>) {
    this.home = home
    this.#env = env
  }

  /** Starts a mesh with an empty home; `env` is what the user would have set. Traces only if it says so. */
  static async start(env: Record<string, string>): Promise<Up> {
    const up = new Up(await mkdtemp(join(tmpdir(), 'meshboard-e2e-')), env)
    try {
      await up.start()
    } catch (error) {
      await up.remove()
      throw error
    }
    return up
  }

  /** Starts it again, on the same data and ports. */
  async start(): Promise<void> {
    const ports = await this.#ports()
    this.#output = ''
    this.#process = spawn(process.execPath, [LAUNCHER, 'up'], {
      cwd: ROOT,
      env: {
        ...process.env,
        ...USUAL,
        ...this.#env,
        ...ports,
        MESH_HOME: this.home,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process.stdout?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()))
    this.#process.stderr?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()))
    await until(
      async () => {
        if (this.#process?.exitCode !== null) throw new Error(`up ended:\n${this.#output}`)
        return (await this.facts())?.ready
      },
      { ms: START_MS, late: 'up is not ready' },
    )
  }

  /** What was printed since the last start. */
  get output(): string {
    return this.#output
  }

  /** Ctrl-C, and the end of everything it started. */
  async stop(): Promise<void> {
    const up = this.#process
    if (!up || up.exitCode !== null || up.signalCode !== null) return
    await this.#remember()
    const ended = new Promise((resolve) => up.once('exit', resolve))
    up.kill('SIGINT')
    await ended
  }

  /** Stops it and deletes its data. */
  async remove(): Promise<void> {
    await this.stop()
    await rm(this.home, { recursive: true, force: true })
  }

  /** Ends the process of that name at once. */
  async kill(name: string): Promise<void> {
    const pid = (await this.facts())?.pids[name]
    if (pid === undefined) throw new Error(`${name} does not run`)
    process.kill(pid, 'SIGKILL')
  }

  async facts(): Promise<MeshFacts | undefined> {
    const text = await readFile(join(this.home, 'run/state.json'), 'utf8').catch(() => '')
    return text === '' ? undefined : (JSON.parse(text) as MeshFacts)
  }

  async urlOf(door: 'gateway' | 'edge'): Promise<string> {
    const port = (await this.facts())?.ports[door]
    return `${door === 'edge' ? 'ws' : 'http'}://127.0.0.1:${port}`
  }

  #kept: Record<string, number> | undefined

  /** The ports of a mesh that ran are those of the one that is started again. */
  async #remember(): Promise<void> {
    this.#kept = (await this.facts())?.ports
  }

  async #ports(): Promise<Record<string, string>> {
    const names = ['NATS', 'POSTGRES', 'REDIS', 'GATEWAY', 'EDGE']
    const ports = names.map((name) => [
      `${name}_PORT`,
      String(this.#kept?.[name.toLowerCase()] ?? 0),
    ])
    return { ...Object.fromEntries(ports), OPS_PORT_BASE: '0', NATS_MONITOR_PORT: '0' }
  }
}
