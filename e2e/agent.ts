import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { until } from '@meshboard/testkit'
import type { Up } from './up.ts'

const MAIN = fileURLToPath(new URL('../packages/agent/src/main.ts', import.meta.url))

/** One line of the agent's `--json`. */
export interface Told {
  readonly event: string
  readonly [field: string]: unknown
}

/** A credit as the agent tells it. */
export interface ToldCredit extends Told {
  readonly event: 'credited'
  readonly entry_id: string
  readonly amount: string
  readonly balance: string
  readonly n: number
}

/** The device agent as a process, as a user starts it. */
export class Agent {
  readonly told: Told[] = []
  readonly #process: ChildProcess

  private constructor(process: ChildProcess) {
    this.#process = process
    const lines = createInterface({ input: process.stdout ?? ([] as never) })
    lines.on('line', (line) => this.told.push(JSON.parse(line) as Told))
  }

  static async start(up: Up, handle: string, more: string[] = []): Promise<Agent> {
    return new Agent(await launch(up, handle, ['--every', '1', '--echo-every', '1', ...more]))
  }

  /** An access token of the agent's user, printed by the agent itself. */
  static async token(up: Up, handle: string): Promise<string> {
    const child = await launch(up, handle, [], 'token')
    let text = ''
    for await (const chunk of child.stdout ?? []) text += String(chunk)
    return text.trim()
  }

  get credits(): ToldCredit[] {
    return this.told.filter((told): told is ToldCredit => told.event === 'credited')
  }

  /** Waits until that many credits have been told. */
  async hasCredits(count: number): Promise<void> {
    await until(() => this.credits.length >= count, {
      ms: 60_000,
      late: `${count} credits did not come: ${JSON.stringify(this.told.slice(-5))}`,
    })
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGINT')
    await ended
  }
}

const launch = async (
  up: Up,
  handle: string,
  more: string[],
  task?: string,
): Promise<ChildProcess> => {
  const where = ['--server', await up.urlOf('edge'), '--gateway', await up.urlOf('gateway')]
  const key = ['--register', handle, '--key', join(up.home, `${handle}.key`)]
  const words =
    task === undefined ? ['--json', ...where, ...key, ...more] : [...where, ...key, task]
  return spawn(process.execPath, ['--conditions=@meshboard/source', MAIN, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}
