import cluster, { type Worker } from 'node:cluster'
import { type Exposition, type Logger, delayBefore } from '@meshboard/kit'
import { type FromChild, STOP } from './messages.ts'

/** What is said of one that does not answer in time. */
export const SILENT = 'it does not answer'

const BACKOFF = { firstMs: 200, maxMs: 5_000 }
/** Who has served so long begins again with the shortest delay. */
const STABLE_MS = 30_000
const ASK_MS = 1_000

export interface SiblingParts {
  readonly number: number
  /** What it finds in its environment, besides all that its parent has there. */
  readonly env: Readonly<Record<string, string>>
  readonly log: Logger
  /** Called once it takes clients; again after each new start. */
  readonly onOpen: () => void
  /** It ended before it ever took a client. */
  readonly onFalseStart: () => void
}

/** One of the processes of an edge: started, asked how it is, started again when it dies, stopped. */
export class Sibling {
  readonly name: string
  readonly #parts: SiblingParts
  #worker: Worker | undefined
  #ops: string | undefined
  #isOpen = false
  #hasOpened = false
  #isStopping = false
  #startedAt = 0
  #deaths = 0
  #timer: NodeJS.Timeout | undefined
  #onEnd: (code: number) => void = () => {}

  constructor(parts: SiblingParts) {
    this.#parts = parts
    this.name = `process ${parts.number}`
  }

  /** Whether it takes clients, as far as can be seen from here. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  start(): void {
    const { number, env, log, onOpen } = this.#parts
    const worker = cluster.fork(env)
    this.#worker = worker
    log.info({ process: String(number), pid: worker.process.pid }, `${this.name} starts`)
    this.#startedAt = performance.now()
    worker.on('message', ({ ops }: FromChild) => (this.#ops = ops))
    worker.once('listening', () => {
      this.#isOpen = true
      this.#hasOpened = true
      onOpen()
    })
    worker.once('exit', (code, signal) => this.#ended(code, signal))
    // What could not be told to one that has just ended is told by its exit.
    worker.on('error', (error) => log.debug({ err: error }, this.name))
  }

  /** Has it finish and end; gives its exit code, 1 when it had to be killed. */
  stop(): Promise<number> {
    this.#isStopping = true
    clearTimeout(this.#timer)
    const worker = this.#worker
    if (!worker || worker.isDead()) return Promise.resolve(0)
    const ended = new Promise<number>((resolve) => (this.#onEnd = resolve))
    worker.send(STOP)
    return ended
  }

  /** Ends it at once. */
  kill(): void {
    this.#isStopping = true
    this.#worker?.process.kill('SIGKILL')
  }

  /** What its ops server says is wrong there, in one sentence; `undefined`: nothing. */
  async fault(path: '/readyz' | '/livez'): Promise<string | undefined> {
    try {
      const response = await this.#ask(path)
      return response.ok ? undefined : await sentenceIn(response)
    } catch {
      return SILENT
    }
  }

  /** Its measurements; nothing while it does not answer. */
  async measurements(accept: string): Promise<Exposition | undefined> {
    try {
      const response = await this.#ask('/metrics', accept)
      return { type: response.headers.get('content-type') ?? '', body: await response.text() }
    } catch {
      return undefined
    }
  }

  #ask(path: string, accept = ''): Promise<Response> {
    if (this.#ops === undefined) throw new Error('not started')
    const signal = AbortSignal.timeout(ASK_MS)
    return fetch(`${this.#ops}${path}`, { signal, headers: { accept } })
  }

  #ended(code: number | null, signal: string | null): void {
    this.#isOpen = false
    this.#ops = undefined
    this.#onEnd(code ?? 1)
    if (this.#isStopping) return
    if (!this.#hasOpened) return this.#parts.onFalseStart()
    if (performance.now() - this.#startedAt > STABLE_MS) this.#deaths = 0
    this.#deaths += 1
    const delayMs = Math.round(delayBefore(this.#deaths, BACKOFF))
    const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`
    this.#parts.log.warn(
      { process: String(this.#parts.number), delay_ms: delayMs },
      `${this.name} ${how}; it starts again in ${delayMs} ms`,
    )
    this.#timer = setTimeout(() => this.start(), delayMs)
  }
}

const sentenceIn = async (response: Response): Promise<string> => {
  const { status, faults = {} } = (await response.json()) as {
    status: string
    faults?: Record<string, string>
  }
  const said = Object.entries(faults).map(([part, fault]) => `${part}: ${fault}`)
  return said.length > 0 ? said.join('; ') : status
}
