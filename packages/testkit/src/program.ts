import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { spawnWithUs } from './child-processes.ts'
import { compiled } from './compiled.ts'
import { until } from './until.ts'

/** A TypeScript file that runs as a process of its own, so that it can be killed. */
export class Program {
  readonly #child: ChildProcess
  #said = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    child.stdout?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()))
  }

  /** Runs the file with what this environment says, and waits until it says `started`; or ends. */
  static async start(file: URL, env: Record<string, string>): Promise<Program> {
    const words = [process.execPath, '--conditions=@meshboard/source', file.pathname]
    const { PATH } = process.env
    const program = new Program(spawnWithUs(words, { env: { PATH, ...compiled(), ...env } }))
    await until(() => program.hasEnded || program.said.includes('started\n'), { ms: 60_000 })
    return program
  }

  /** All it has written so far. */
  get said(): string {
    return this.#said
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Sends a signal to it. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends it at once, also when it is stopped, and waits for that. */
  async kill(): Promise<void> {
    if (this.hasEnded) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }
}
