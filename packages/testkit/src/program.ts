import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
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
    const killed = () => child.kill('SIGKILL')
    process.once('exit', killed)
    child.once('exit', () => process.off('exit', killed))
  }

  /** Runs the file with what this environment says, and waits until it says `started`; or ends. */
  static async start(file: URL, env: Record<string, string>): Promise<Program> {
    const args = ['--conditions=@meshboard/source', file.pathname]
    const program = new Program(spawn(process.execPath, args, { env: { ...compiled(), ...env } }))
    await until(() => program.hasEnded || program.said.includes('started\n'), { ms: 20_000 })
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
