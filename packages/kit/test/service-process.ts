import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { until } from '@meshboard/testkit'

/** One line of a service's log. */
export interface LogLine {
  readonly level: string
  readonly msg: string
  readonly [field: string]: unknown
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const NODE = ['--conditions=@meshboard/source']
/** For a machine with much else to do. */
const PATIENCE_MS = 60_000

/** A service as a process of its own, and all that it says. */
export class ServiceProcess {
  readonly child: ChildProcess
  #stdout = ''
  #stderr = ''

  private constructor(child: ChildProcess) {
    this.child = child
    child.stdout?.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()))
  }

  /** Runs a program of this repository; `node` are options of Node.js, `limits` of the shell. */
  static run(
    program: string,
    env: Record<string, string>,
    { node = [], limits }: { node?: string[]; limits?: string } = {},
  ): ServiceProcess {
    const words = [process.execPath, ...NODE, ...node, program]
    const [command = '', ...args] =
      limits === undefined ? words : ['sh', '-c', `${limits}; exec "$0" "$@"`, ...words]
    const { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE } = process.env
    return new ServiceProcess(
      spawn(command, args, {
        cwd: ROOT,
        env: { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE, LOG_LEVEL: 'info', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    )
  }

  /** The real service of that name. */
  static start(service: string, env: Record<string, string>, limits?: string): ServiceProcess {
    const how = limits === undefined ? {} : { limits }
    return ServiceProcess.run(`services/${service}/src/main.ts`, env, how)
  }

  get log(): LogLine[] {
    const lines = this.#stdout.split('\n').filter((line) => line.startsWith('{'))
    return lines.map((line) => JSON.parse(line) as LogLine)
  }

  /** Everything it has written, as it stands. */
  get text(): string {
    return this.#stdout + this.#stderr
  }

  /** Waits for a line of the log. */
  said(text: RegExp, ms = PATIENCE_MS): Promise<LogLine> {
    return until(() => this.log.find(({ msg }) => text.test(msg)), {
      ms,
      late: `never said ${text}:\n${this.text.slice(-4_000)}`,
    })
  }

  /** What its ops server answers. */
  async ops(path: string): Promise<{ status: number; body: { faults?: Record<string, string> } }> {
    const { ops } = await this.said(/ starts$/)
    const response = await fetch(`${String(ops)}${path}`)
    return { status: response.status, body: (await response.json()) as object }
  }

  /** Waits until what is missing is what `fault` says; gives the sentence. */
  async misses(part: string, fault: RegExp): Promise<string> {
    let last = ''
    return until(
      async () => {
        const { status, body } = await this.ops('/readyz')
        last = JSON.stringify(body)
        const said = body.faults?.[part] ?? ''
        return status === 503 && fault.test(said) && said
      },
      { ms: PATIENCE_MS, late: `never missed ${part} (${fault}), but ${last}` },
    )
  }

  async ready(): Promise<void> {
    const late = `not ready:\n${this.text.slice(-4_000)}`
    await until(async () => (await this.ops('/readyz')).status === 200, {
      ms: PATIENCE_MS,
      late,
    })
  }

  /** Its exit code, or the signal that ended it. */
  async ended(): Promise<number | string> {
    const { child } = this
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return child.exitCode ?? child.signalCode ?? ''
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    this.child.kill(signal)
    return this.ended()
  }
}
