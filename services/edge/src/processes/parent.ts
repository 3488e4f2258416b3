import cluster from 'node:cluster'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type BaseConfig,
  type Logger,
  type OpsServer,
  baseConfig,
  createLogger,
  processEnvironment,
  readConfig,
} from '@meshboard/kit'
import { type Config, config as edgeConfig } from '../config.ts'
import { service } from '../service.ts'
import { openOps } from './parent-ops.ts'
import { Sibling } from './sibling.ts'

type ParentConfig = BaseConfig & Config

/** A process ends itself after `STOP_MS_MAX`; one that does not come round so far is killed then. */
const LATE_MS = 2_000

/**
 * Starts the processes of an edge and keeps them going. This one accepts what comes to the port of the
 * doors and hands each connection on to the next process that is free; it carries no client itself.
 * Exit codes are those of any service.
 */
export const runParent = async (): Promise<void> => {
  let log = createLogger(service.name, 'info')
  const fatal = (error: unknown) => {
    log.fatal({ err: error }, 'unexpected fault, the process ends')
    process.exit(1)
  }
  process.on('unhandledRejection', fatal).on('uncaughtException', fatal)
  try {
    const config = readConfig({ ...baseConfig, ...edgeConfig }, processEnvironment())
    log = createLogger(service.name, config.logLevel)
    await new Parent(config, log).start()
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error)
    process.stderr.write(`${service.name} could not start: ${fault}\n`)
    process.exit(1)
  }
}

class Parent {
  readonly #config: ParentConfig
  readonly #log: Logger
  readonly #siblings: readonly Sibling[]
  #ops: OpsServer | undefined
  #isStopping = false

  constructor(config: ParentConfig, log: Logger) {
    this.#config = config
    this.#log = log
    const shared = sharedBy(config)
    this.#siblings = Array.from({ length: config.processes }, (_, index) => {
      const number = index + 1
      return new Sibling({
        number,
        env: { ...shared, EDGE_PROCESS: String(number) },
        log,
        onOpen: () => this.#opened(),
        onFalseStart: () => void this.stop(1),
      })
    })
  }

  async start(): Promise<void> {
    const { opsHost: host, opsPort: port, redisUrl, processes } = this.#config
    const { revision, stalledMsMax } = this.#config
    this.#ops = await openOps({ host, port, revision, siblings: this.#siblings, stalledMsMax })
    this.#log.info({ ops: this.#ops.url, processes }, `${service.name} starts`)
    if (redisUrl.reveal() === '')
      this.#log.warn('without Redis each process counts users and addresses for itself')
    const stop = () => void this.stop(0)
    process.on('SIGTERM', stop).on('SIGINT', stop)
    cluster.schedulingPolicy = cluster.SCHED_RR
    for (const sibling of this.#siblings) sibling.start()
  }

  /** Has all processes finish, then ends with `code`, or 1 when one of them had a fault; asked again: at once. */
  async stop(code: number): Promise<void> {
    if (this.#isStopping) this.#killAll()
    this.#isStopping = true
    this.#ops?.draining()
    this.#log.info('stopping: not ready any more')
    const late = sleep(this.#config.stopMsMax + LATE_MS, undefined, { ref: false })
    const ends = Promise.all(this.#siblings.map((sibling) => sibling.stop()))
    const codes = await Promise.race([ends, late])
    if (!codes) return this.#killAll()
    this.#log.info('stopped')
    await new Promise<void>((resolve) => this.#log.flush(() => resolve()))
    process.exit(Math.max(code, ...codes.map((one) => Math.min(one, 1))))
  }

  #killAll(): never {
    for (const sibling of this.#siblings) sibling.kill()
    process.exit(1)
  }

  #opened(): void {
    if (this.#siblings.every(({ isOpen }) => isOpen)) this.#ops?.started()
  }
}

/** What all processes find besides what this one was given. */
const sharedBy = ({ ticketSecret }: ParentConfig): Record<string, string> => ({
  OPS_HOST: '127.0.0.1',
  OPS_PORT: '0',
  EDGE_TICKET_SECRET: ticketSecret.reveal() || randomBytes(32).toString('base64url'),
})
