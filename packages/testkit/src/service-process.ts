import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { endProcess, spawnWithUs } from './child-processes.ts'
import { compiled } from './compiled.ts'
import { until } from './until.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const LOG_KEPT = 20_000

/** One process of a service, as it runs anywhere; faults are done to it by its pid. */
export class ServiceProcess {
  readonly name: string
  readonly opsUrl: string
  readonly #process: ChildProcess
  #log = ''

  private constructor(name: string, opsUrl: string, process: ChildProcess) {
    this.name = name
    this.opsUrl = opsUrl
    this.#process = process
    const keep = (chunk: Buffer) => (this.#log = (this.#log + chunk.toString()).slice(-LOG_KEPT))
    process.stdout?.on('data', keep)
    process.stderr?.on('data', keep)
  }

  /** Starts it and waits until it is ready; `env` is all it knows. Throws with its log when it ends. */
  static async start(name: string, env: Record<string, string>): Promise<ServiceProcess> {
    const child = spawnWithUs([process.execPath, '--conditions=@meshboard/source', 'src/main.ts'], {
      cwd: `${ROOT}services/${name}`,
      env: { ...toolsOf(process.env), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const started = new ServiceProcess(name, `http://127.0.0.1:${env['OPS_PORT']}`, child)
    await until(
      () => {
        if (child.exitCode !== null) throw new Error(`${name} ended`)
        return started.ready()
      },
      { ms: 60_000, late: `${name} is not ready` },
    ).catch((error: Error) => {
      child.kill('SIGKILL')
      throw new Error(`${error.message}:\n${started.log}`)
    })
    return started
  }

  /** The end of what it has printed. */
  get log(): string {
    return this.#log
  }

  /** Whether it says that it is ready. */
  ready(): Promise<boolean> {
    const answer = fetch(`${this.opsUrl}/readyz`, { signal: AbortSignal.timeout(1_000) })
    return answer.then(
      ({ ok }) => ok,
      () => false,
    )
  }

  /** Ends it at once. */
  kill(): Promise<void> {
    return endProcess(this.#process, 'SIGKILL')
  }

  /** Stops it where it stands: its sockets stay open and nobody answers. */
  freeze(): void {
    this.#process.kill('SIGSTOP')
  }

  thaw(): void {
    this.#process.kill('SIGCONT')
  }

  /** Asks it to end (SIGTERM). Throws with its log when it does so with a fault. */
  async stop(): Promise<void> {
    await endProcess(this.#process, 'SIGTERM')
    const { exitCode, signalCode } = this.#process
    if (exitCode !== 0 && signalCode !== 'SIGKILL')
      throw new Error(`${this.name} ended with ${exitCode ?? signalCode}:\n${this.log}`)
  }
}

const toolsOf = ({ PATH = '', HOME = '' }: NodeJS.ProcessEnv) => ({
  PATH,
  HOME,
  ...compiled(),
})
