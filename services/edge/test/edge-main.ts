import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { processEnvironment } from '@meshboard/kit'
import type { EdgeMesh } from './harness.ts'
import { TestSocket } from './test-socket.ts'
import { until } from './until.ts'

type LogLine = Record<string, unknown> & { msg: string }

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
/** For a machine with much else to do. */
const PATIENCE_MS = 60_000

/** An edge as a process of its own, with those it starts; all they say is kept. */
export class EdgeProcess {
  static readonly #all: EdgeProcess[] = []
  readonly child: ChildProcess
  text = ''

  private constructor(child: ChildProcess) {
    this.child = child
    const keep = (chunk: Buffer) => (this.text += chunk.toString())
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    // Also when the file fails before it could stop anything: its own processes end with it.
    const killed = () => child.kill('SIGKILL')
    process.once('exit', killed)
    child.once('exit', () => process.off('exit', killed))
  }

  static run(mesh: EdgeMesh, env: Record<string, string>): EdgeProcess {
    const { PATH, HOME, NODE_COMPILE_CACHE } = processEnvironment()
    const given = { ...mesh.environmentOf('edge'), EDGE_PORT: '0', LOG_LEVEL: 'info', ...env }
    const child = spawn(process.execPath, ['--conditions=@meshboard/source', MAIN], {
      env: { PATH, HOME, NODE_COMPILE_CACHE, ...given },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const edge = new EdgeProcess(child)
    EdgeProcess.#all.push(edge)
    return edge
  }

  /** Runs it and waits until it is ready. */
  static async start(mesh: EdgeMesh, env: Record<string, string>): Promise<EdgeProcess> {
    const edge = EdgeProcess.run(mesh, env)
    await edge.says('/readyz', 200)
    return edge
  }

  /** Ends what a test has left, at once. */
  static async endAll(): Promise<void> {
    for (const edge of EdgeProcess.#all.splice(0)) await edge.stop('SIGKILL')
  }

  get log(): LogLine[] {
    const lines = this.text.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'))
    return lines.map((line) => JSON.parse(line) as LogLine)
  }

  /** Waits for a line of the log, of one process or of who starts them; gives the newest. */
  async said(text: RegExp, number?: number): Promise<LogLine> {
    const wanted = number === undefined ? undefined : String(number)
    const look = () =>
      this.log.findLast((line) => line['process'] === wanted && text.test(line.msg))
    return until(look, PATIENCE_MS).catch(() => {
      throw new Error(`never said ${text}:\n${this.text.slice(-4_000)}`)
    })
  }

  /** The pid of one of its processes, as it was last started. */
  async pidOf(number: number): Promise<number> {
    return Number((await this.said(/^process \d+ starts$/, number))['pid'])
  }

  async ops(path: string): Promise<{ status: number; text: string }> {
    const { ops } = await this.said(/^edge starts$/)
    const response = await fetch(`${String(ops)}${path}`)
    return { status: response.status, text: await response.text() }
  }

  /** Waits until its ops server answers so. */
  async says(path: string, status: number): Promise<string> {
    const end = Date.now() + PATIENCE_MS
    for (;;) {
      const answer = await this.ops(path)
      if (answer.status === status) return answer.text
      if (Date.now() > end) throw new Error(`${path} says ${answer.status} ${answer.text}`)
      await new Promise((resume) => setTimeout(resume, 50))
    }
  }

  async socket(): Promise<TestSocket> {
    const { port } = await this.said(/^doors open$/, 1)
    return new TestSocket(`ws://127.0.0.1:${String(port)}/ws/v1`)
  }

  /** Its exit code, or the signal that ended it. */
  async ended(): Promise<number | string> {
    const { child } = this
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return child.exitCode ?? child.signalCode ?? ''
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    this.child.kill(signal)
    return this.ended()
  }
}

/** Whether a process is there. */
export const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
