import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { processEnvironment } from '@meshboard/kit'
import type { EdgeMesh } from './harness.ts'
import { until } from './until.ts'

const FOLDER = fileURLToPath(new URL('..', import.meta.url))
const LINES_KEPT = 200

interface Options {
  env?: Record<string, string>
  /** Each line it prints. */
  onLine?: (line: string) => void
}

/** An edge in a process of its own, beside the rest of a test's mesh. */
export class EdgeProcess {
  readonly #process: ChildProcess
  readonly #lines: string[] = []
  port = 0

  private constructor(child: ChildProcess, onLine: (line: string) => void) {
    this.#process = child
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', (line) => {
        this.#keep(line)
        onLine(line)
      })
    }
  }

  static async start(
    mesh: EdgeMesh,
    { env = {}, onLine = () => {} }: Options = {},
  ): Promise<EdgeProcess> {
    const { PATH, HOME, NODE_COMPILE_CACHE } = processEnvironment()
    const child = spawn(process.execPath, ['--conditions=@meshboard/source', 'src/main.ts'], {
      cwd: FOLDER,
      env: {
        ...{ PATH, HOME, NODE_COMPILE_CACHE, ...mesh.environmentOf('edge') },
        ...{ LOG_LEVEL: 'info', OPS_PORT: '0' },
        ...{ EDGE_PORT: '0', EDGE_DRAIN_MS: '0', EDGE_ATTEMPTS_MAX: '1000000', ...env },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const killed = () => child.kill('SIGKILL')
    process.once('exit', killed)
    child.once('exit', () => process.off('exit', killed))
    const edge = new EdgeProcess(child, onLine)
    await until(() => edge.#isReady(), 30_000)
    return edge
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`
  }

  /** How it ended, if it has. */
  get end(): number | string | undefined {
    return this.#process.exitCode ?? this.#process.signalCode ?? undefined
  }

  /** The last lines it printed. */
  get log(): string {
    return this.#lines.join('\n')
  }

  /** What it has in memory, mebibytes. */
  async rssMib(): Promise<number> {
    const status = await readFile(`/proc/${this.#process.pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.end !== undefined) return
    this.#process.kill(signal)
    await until(() => this.end, 30_000)
  }

  #keep(line: string): void {
    this.#lines.push(line)
    if (this.#lines.length > LINES_KEPT) this.#lines.shift()
    if (this.port !== 0 || !line.includes('"doors open"')) return
    this.port = (JSON.parse(line) as { port: number }).port
  }

  #isReady(): boolean {
    if (this.end !== undefined) throw new Error(`the edge ended with ${this.end}:\n${this.log}`)
    return this.port !== 0 && this.log.includes('edge is ready')
  }
}
