import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { until } from '@meshboard/testkit'

/** A program as somebody would start it who has just copied it, and what it prints. */
export class Example {
  readonly #process: ChildProcess
  #printed = ''

  constructor(file: string, args: readonly string[]) {
    const words = ['--conditions=@meshboard/source', file, ...args]
    this.#process = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#process.stdout?.on('data', (chunk: Buffer) => (this.#printed += chunk.toString()))
    this.#process.stderr?.on('data', (chunk: Buffer) => (this.#printed += chunk.toString()))
  }

  /** All it has printed so far. */
  get printed(): string {
    return this.#printed
  }

  /** Waits until it prints something like that, and gives what the pattern's first group found. */
  async prints(pattern: RegExp): Promise<string> {
    const found = await until(() => pattern.exec(this.#printed) ?? undefined, { ms: 20_000 }).catch(
      () => {
        throw new Error(`${pattern} was not printed, but:\n${this.#printed}`)
      },
    )
    return found[1] ?? ''
  }

  /** Ctrl-C. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGINT')
    await ended
  }
}
