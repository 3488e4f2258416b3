import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { newId } from '@meshboard/kit'
import type { CrowdFare, CrowdOrders } from './crowd.ts'
import type { EdgeMesh } from './harness.ts'

const FILE = fileURLToPath(new URL('crowd.ts', import.meta.url))

type Order = keyof CrowdOrders
type Input<O extends Order> = Parameters<CrowdOrders[O]>[0]
type Result<O extends Order> = Awaited<ReturnType<CrowdOrders[O]>>

interface Reply {
  id: number
  result?: unknown
  error?: string
}

/** One process full of clients. */
class Crowd {
  readonly #process: ChildProcess = fork(FILE, { execArgv: ['--conditions=@meshboard/source'] })
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >()
  #asked = 0

  constructor() {
    this.#process.on('message', ({ id, result, error }: Reply) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error === undefined) waiting?.resolve(result)
      else waiting?.reject(new Error(error))
    })
    this.#process.once('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`a crowd ended: ${code ?? signal}`))
    })
  }

  /** Resolved once it listens. */
  begun(): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.set(0, { resolve, reject }))
  }

  ask<O extends Order>(order: O, input?: Input<O>): Promise<Result<O>> {
    const id = (this.#asked += 1)
    return new Promise<Result<O>>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      this.#process.send({ id, order, input })
    })
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null) return
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#waiting.clear()
    this.#process.disconnect()
    await ended
  }
}

interface Size {
  clients: number
  processes: number
  /** How many of each process watch their earnings. */
  watching?: number
}

/** Many clients, each a user with a key of its own, in processes of their own. */
export class Crowds {
  readonly #crowds: readonly Crowd[]
  readonly #watching: number
  /** The users whose clients watch their earnings. */
  readonly watchers: readonly string[]

  private constructor(crowds: readonly Crowd[], watchers: readonly string[], watching: number) {
    this.#crowds = crowds
    this.watchers = watchers
    this.#watching = watching
  }

  /** Starts the processes, and makes their users known. */
  static async start(mesh: EdgeMesh, { clients, processes, watching = 0 }: Size): Promise<Crowds> {
    const crowds = Array.from({ length: processes }, () => new Crowd())
    await Promise.all(crowds.map((crowd) => crowd.begun()))
    const each = Math.ceil(clients / processes)
    const watchers: string[] = []
    await Promise.all(
      crowds.map(async (crowd, index) => {
        const keys = await crowd.ask('keys', { from: index * each, count: each })
        for (const [place, key] of keys.entries()) {
          const userId = newId('user')
          mesh.auth.users.set(key, userId)
          if (place < watching) watchers.push(userId)
        }
      }),
    )
    return new Crowds(crowds, watchers, watching)
  }

  async connect(url: string): Promise<void> {
    const order = { url, width: 50, watching: this.#watching }
    await Promise.all(this.#crowds.map((crowd) => crowd.ask('connect', order)))
  }

  /** How all of them fare together. */
  async fare(): Promise<CrowdFare> {
    const fares = await Promise.all(this.#crowds.map((crowd) => crowd.ask('fare')))
    const sum = (name: keyof CrowdFare) => fares.reduce((total, fare) => total + fare[name], 0)
    return {
      open: sum('open'),
      lost: sum('lost'),
      back: sum('back'),
      shown: sum('shown'),
      wrong: sum('wrong'),
      gaps: sum('gaps'),
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#crowds.map((crowd) => crowd.end()))
  }
}
