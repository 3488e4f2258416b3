import { type IncomingMessage, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Exposition } from './metrics-text.ts'
import { sentenceOf } from './start-fault.ts'

/** Says by throwing, or by a sentence, what is wrong; `undefined` when nothing is. */
export type OpsCheck = () => Promise<string | undefined> | string | undefined

/** The side door for operators: health, version, metrics. Not for strangers. */
export interface OpsServer {
  readonly url: string
  /** Adds a condition to `/readyz`. */
  addCheck(name: string, check: OpsCheck): void
  /** Adds a condition to `/livez`. It may depend on nothing outside: who fails it is killed. */
  addLiveCheck(name: string, check: OpsCheck): void
  /** What the start waits for, and why it is not there yet; `undefined` once it is. */
  waiting(part: string, fault: string | undefined): void
  /** Everything has started: `/startupz` and `/readyz` may say yes. */
  started(): void
  /** From now on `/readyz` says no, so that nothing new is sent here. */
  draining(): void
  close(): Promise<void>
}

/** Where an ops server answers, and what it says of whom. */
export interface OpsOptions {
  service: string
  version: string
  /** Of the sources; empty: not known. */
  revision: string
  host: string
  /** 0: any free one. */
  port: number
  /** The measurements, as who asks accepts them. */
  expose: (accept: string | undefined) => Promise<Exposition>
}

interface Health {
  phase: 'starting' | 'started' | 'draining'
  readonly checks: Map<string, OpsCheck>
  readonly liveChecks: Map<string, OpsCheck>
  readonly waiting: Map<string, string>
}

/**
 * Starts the ops server. `/livez` depends on nothing outside the process; `/readyz` on everything
 * needed to serve. Throws when the port is taken.
 */
export const startOpsServer = async (options: OpsOptions): Promise<OpsServer> => {
  const health: Health = {
    phase: 'starting',
    checks: new Map(),
    liveChecks: new Map(),
    waiting: new Map(),
  }
  const server = createServer((request, response) => {
    answer(request, options, health)
      .then(({ status, type, body }) =>
        response.writeHead(status, { 'content-type': type }).end(body),
      )
      .catch(() => response.writeHead(500).end())
  })
  await listening(server, options)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${options.host}:${port}`,
    addCheck: (name, check) => health.checks.set(name, check),
    addLiveCheck: (name, check) => health.liveChecks.set(name, check),
    waiting(part, fault) {
      if (fault === undefined) health.waiting.delete(part)
      else health.waiting.set(part, fault)
    },
    started: () => void (health.phase = 'started'),
    draining: () => void (health.phase = 'draining'),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const listening = (server: Server, { host, port }: OpsOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    // Of several processes with one door, each has this port for itself.
    server.listen({ port, host, exclusive: true }, () => resolve())
  })

interface Answer {
  status: number
  type: string
  body: string
}

const json = (status: number, body: unknown): Answer => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(body)}\n`,
})

const answer = async (
  ...[{ url = '/', headers }, options, health]: [IncomingMessage, OpsOptions, Health]
): Promise<Answer> => {
  switch (url.split('?')[0]) {
    case '/livez':
      return liveness(health)
    case '/startupz':
      return health.phase === 'starting' ? notYet(health) : json(200, { status: health.phase })
    case '/readyz':
      return readiness(health)
    case '/version':
      return json(200, {
        service: options.service,
        version: options.version,
        revision: options.revision,
        node: process.version,
      })
    case '/metrics':
      return { status: 200, ...(await options.expose(headers.accept)) }
    default:
      return json(404, { status: 'not found' })
  }
}

const notYet = ({ phase, waiting }: Health): Answer =>
  json(503, { status: phase, faults: Object.fromEntries(waiting) })

const readiness = async (health: Health): Promise<Answer> => {
  if (health.phase !== 'started') return notYet(health)
  const faults = await faultsOf(health.checks)
  const ready = Object.keys(faults).length === 0
  return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', faults })
}

const liveness = async (health: Health): Promise<Answer> => {
  const faults = await faultsOf(health.liveChecks)
  if (Object.keys(faults).length > 0) return json(503, { status: 'not alive', faults })
  return json(200, { status: 'ok' })
}

const faultsOf = async (checks: Health['checks']): Promise<Record<string, string>> => {
  const looked = [...checks].map(async ([name, check]) => {
    const fault = await Promise.resolve().then(check).catch(sentenceOf)
    return fault === undefined ? [] : [[name, fault] as const]
  })
  return Object.fromEntries((await Promise.all(looked)).flat())
}
