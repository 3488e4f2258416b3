import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { until } from '@meshboard/testkit'

const RUN = fileURLToPath(new URL('./run-image.sh', import.meta.url))

/** A container of a program of the mesh; it is gone when it ends. */
export class Container {
  readonly #process: ChildProcess
  /** What it ended with. */
  readonly ended: Promise<NodeJS.Signals | number | null>
  #said = ''

  private constructor(program: string, args: readonly string[], env: Record<string, string>) {
    this.#process = spawn(RUN, [program, ...args], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.ended = new Promise((resolve) =>
      this.#process.once('exit', (code, signal) => resolve(signal ?? code)),
    )
    this.#process.stdout?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()))
    this.#process.stderr?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()))
  }

  /** Starts it; `env` is all it is told. */
  static start(
    program: string,
    { args = [], env }: { args?: readonly string[]; env: Record<string, string> },
  ): Container {
    return new Container(program, args, env)
  }

  /** Runs JavaScript in the stead of its program, and gives what that prints. */
  static async evaluate(program: string, script: string): Promise<string> {
    const env = { MESH_IMAGE_ENTRYPOINT: 'node' }
    const container = Container.start(program, { args: ['--eval', script], env })
    const code = await container.ended
    if (code !== 0) throw new Error(`it ended with ${code}:\n${container.said}`)
    return container.said
  }

  /** All it has printed so far. */
  get said(): string {
    return this.#said
  }

  /** Waits until it says at its ops server that it is ready; throws with what it said when it ends. */
  async ready(opsUrl: string): Promise<void> {
    const isReady = () =>
      fetch(`${opsUrl}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      )
    await until(
      async () => {
        if (this.#process.exitCode !== null) throw new Error(`it ended:\n${this.said}`)
        return isReady()
      },
      { ms: 60_000, late: 'it is not ready' },
    ).catch((error: Error) => {
      throw new Error(`${error.message}:\n${this.said}`)
    })
  }

  /** Asks it to end, as a cluster does; gives what it ended with. */
  stop(): Promise<NodeJS.Signals | number | null> {
    this.#process.kill('SIGTERM')
    return this.ended
  }
}
