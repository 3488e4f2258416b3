import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type TestMesh, compiled } from '@meshboard/testkit'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CONDITIONS = ['--conditions=@meshboard/source', '--conditions=@meshboard/fault-points']

/** A service as a process of its own in a test mesh, whose fault points kill. */
export class StoreProcess {
  readonly name: string
  readonly #process: ChildProcess
  /** What ended it: a signal, or an exit code. */
  readonly ended: Promise<NodeJS.Signals | number | null>
  #log = ''

  /** `built`: as an image runs it, without the conditions. */
  constructor(
    mesh: TestMesh,
    name: string,
    { env, built = false }: { env: Record<string, string>; built?: boolean },
  ) {
    this.name = name
    const main = built
      ? [`services/${name}/dist/src/main.js`]
      : [...CONDITIONS, `services/${name}/src/main.ts`]
    this.#process = spawn(process.execPath, main, {
      cwd: ROOT,
      env: { ...compiled(), ...mesh.environmentOf(name), LOG_LEVEL: 'info', ...env },
    })
    this.ended = new Promise((resolve) =>
      this.#process.once('exit', (code, signal) => resolve(signal ?? code)),
    )
    const killed = () => this.#process.kill('SIGKILL')
    process.once('exit', killed)
    void this.ended.then(() => process.off('exit', killed))
    this.#process.stdout?.on('data', (chunk: Buffer) => (this.#log += chunk.toString()))
    this.#process.stderr?.on('data', (chunk: Buffer) => (this.#log += chunk.toString()))
  }

  /** What it has said last, for the message of a test that fails. */
  get log(): string {
    return this.#log.slice(-2_000)
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGTERM')
    await this.ended
  }
}
