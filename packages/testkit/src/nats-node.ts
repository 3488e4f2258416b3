import { join } from 'node:path'
import { mkdir, writeFile } from 'node:fs/promises'
import { endProcess } from './child-processes.ts'
import { type NatsProcess, type Launching, launchNats } from './nats-process.ts'
import { until } from './until.ts'

/** What one server of a cluster says of a stream. */
export interface StreamView {
  readonly name: string
  /** The server that leads it, as this one knows it; empty while there is none. */
  readonly leader: string
  readonly lastSeq: number
}

interface StreamDetail {
  name: string
  cluster?: { leader?: string }
  state: { last_seq: number }
}

interface MetaCluster {
  leader?: string
  replicas?: { current: boolean; offline?: boolean }[]
}

/** What a server of a cluster is made of. */
export interface NatsNodeParts extends Launching {
  name: string
  port: number
  /** Of all servers. */
  folder: string
  /** What its configuration includes, by name. */
  files: Readonly<Record<string, string>>
  config: string
}

/** One server of a test's own cluster, which faults are done to by its pid. */
export class NatsNode {
  readonly name: string
  readonly port: number
  readonly #folder: string
  readonly #parts: NatsNodeParts
  #running: NatsProcess | undefined

  constructor(parts: NatsNodeParts) {
    this.name = parts.name
    this.port = parts.port
    this.#folder = join(parts.folder, parts.name)
    this.#parts = parts
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`
  }

  /** Starts the process, on the data it left; `healthy` says when it has caught up. */
  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    const { files, config, ...launching } = this.#parts
    for (const [name, text] of Object.entries(files))
      await writeFile(join(this.#folder, name), text)
    this.#running = await launchNats(this.#folder, config, launching)
  }

  /** Ends the process at once, as a crash would. */
  async kill(): Promise<void> {
    if (this.#running) await endProcess(this.#running.process, 'SIGKILL')
  }

  /** Stops the process where it stands: its sockets stay open and nobody answers. */
  freeze(): void {
    this.#running?.process.kill('SIGSTOP')
  }

  thaw(): void {
    this.#running?.process.kill('SIGCONT')
  }

  /** Asks it to let its clients go one by one and then to end, as before an upgrade (SIGUSR2). */
  async lameDuck(): Promise<void> {
    if (this.#running) await endProcess(this.#running.process, 'SIGUSR2')
  }

  async stop(): Promise<void> {
    this.thaw()
    if (this.#running) await endProcess(this.#running.process, 'SIGTERM')
  }

  /** Waits until it says of itself that it has all that the others have. */
  async healthy(): Promise<void> {
    await until(() => this.#ask('/healthz').then((answer) => answer !== undefined), {
      ms: 30_000,
      late: `${this.name} has not caught up`,
    })
  }

  /** The streams as this server has them; none while it cannot say. */
  async streams(): Promise<StreamView[]> {
    const found = (await this.#ask('/jsz?accounts=true&streams=true')) as
      | { account_details?: { stream_detail?: StreamDetail[] }[] }
      | undefined
    return (found?.account_details ?? [])
      .flatMap(({ stream_detail: streams = [] }) => streams)
      .map(({ name, cluster, state }) => ({
        name,
        leader: cluster?.leader ?? '',
        lastSeq: state.last_seq,
      }))
  }

  /** Whether it leads the cluster, and knows that many others which are there and up to date. */
  async leadsOver(others: number): Promise<boolean> {
    const found = (await this.#ask('/jsz')) as { meta_cluster?: MetaCluster } | undefined
    const { leader, replicas = [] } = found?.meta_cluster ?? {}
    const there = replicas.filter(({ current, offline }) => current && offline !== true)
    return leader === this.name && there.length === others
  }

  async #ask(path: string): Promise<unknown> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.#running?.monitorPort}${path}`, {
        signal: AbortSignal.timeout(1_000),
      })
      return answer.ok ? await answer.json() : undefined
    } catch {
      return undefined
    }
  }
}
