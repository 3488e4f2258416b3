import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Reply } from './role.ts'

interface Start {
  /** What the role's file is given. */
  setup: object
  /** The core it is kept on, where the machine has that many; absent: any. */
  core?: number
  /** Where its output goes; absent: nowhere. */
  stdout?: number
  /** What Node is told besides. */
  node?: readonly string[]
}

interface Waiting {
  resolve: (result: unknown) => void
  reject: (error: Error) => void
}

const STOP_MS = 10_000

/** A process of a bench, that does what it is asked; a file of `roles/`. */
export class Role {
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #count = 0

  private constructor(child: ChildProcess, name: string) {
    this.#process = child
    child.on('message', (reply: Reply) => this.#take(reply))
    child.once('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`${name} ended: ${code ?? signal}`))
    })
    const kill = () => child.kill('SIGKILL')
    process.once('exit', kill)
    child.once('exit', () => process.off('exit', kill))
  }

  /** Starts a role and waits until it is open. */
  static async start(name: string, { setup, core, stdout, node: more = [] }: Start): Promise<Role> {
    const file = fileURLToPath(new URL(`roles/${name}.ts`, import.meta.url))
    const node = [process.execPath, ...process.execArgv, ...more, file, JSON.stringify(setup)]
    const [command = '', ...args] = [...pinnedTo(core), ...node]
    const child = spawn(command, args, {
      stdio: ['ignore', stdout ?? 'ignore', 'inherit', 'ipc'],
    })
    const role = new Role(child, name)
    await new Promise((resolve, reject) => role.#waiting.set(0, { resolve, reject }))
    return role
  }

  ask<T>(order: string, input: unknown = {}): Promise<T> {
    const id = (this.#count += 1)
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
      this.#process.send({ id, order, input })
    })
  }

  /** Ends it in order, or at once when that takes too long. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = new Promise<void>((resolve) => this.#process.once('exit', () => resolve()))
    const late = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MS)
    await this.ask('stop')
    await ended
    clearTimeout(late)
  }

  #take({ id, result, error }: Reply): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(result)
    else waiting?.reject(new Error(error))
  }
}

const TASKSET = ['/usr/bin/taskset', '/bin/taskset'].find((path) => existsSync(path))

const pinnedTo = (core: number | undefined): string[] =>
  core === undefined || TASKSET === undefined || core >= availableParallelism()
    ? []
    : [TASKSET, '-c', String(core)]

/** Keeps a process that runs already on one core, with all its threads, where the machine has several. */
export const keepOn = (core: number, pid: number): void => {
  if (TASKSET !== undefined && isPinning())
    execFileSync(TASKSET, ['-a', '-c', '-p', String(core), String(pid)])
}

/** Whether processes are kept on cores of their own here. */
export const isPinning = (): boolean => TASKSET !== undefined && availableParallelism() > 1
