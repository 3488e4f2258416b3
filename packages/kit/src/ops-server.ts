import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Metrics } from './metrics.ts'

/** Says by throwing, or by a sentence, why the service is not ready; `undefined` when it is. */
export type ReadinessCheck = () => Promise<string | undefined> | string | undefined

/** The side door for operators: health, version, metrics. Not for strangers. */
export interface OpsServer {
  readonly url: string
  /** Adds a condition to `/readyz`. */
  addCheck(name: string, check: ReadinessCheck): void
  /** Everything has started: `/startupz` and `/readyz` may say yes. */
  started(): void
  /** From now on `/readyz` says no, so that nothing new is sent here. */
  draining(): void
  close(): Promise<void>
}

export interface OpsOptions {
  service: string
  version: string
  host: string
  port: number
  metrics: Metrics
}

interface Health {
  phase: 'starting' | 'started' | 'draining'
  readonly checks: Map<string, ReadinessCheck>
}

/**
 * Starts the ops server. `/livez` depends on nothing outside the process; `/readyz` on everything
 * needed to serve. Throws when the port is taken.
 */
export const startOpsServer = async (options: OpsOptions): Promise<OpsServer> => {
  const health: Health = { phase: 'starting', checks: new Map() }
  const server = createServer((request, response) => {
    answer(request.url ?? '/', options, health)
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
    server.listen(port, host, () => resolve())
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

const answer = async (path: string, options: OpsOptions, health: Health): Promise<Answer> => {
  switch (path.split('?')[0]) {
    case '/livez':
      return json(200, { status: 'ok' })
    case '/startupz':
      return json(health.phase === 'starting' ? 503 : 200, { status: health.phase })
    case '/readyz':
      return readiness(health)
    case '/version':
      return json(200, {
        service: options.service,
        version: options.version,
        node: process.version,
      })
    case '/metrics': {
      const { registry } = options.metrics
      return { status: 200, type: registry.contentType, body: await registry.metrics() }
    }
    default:
      return json(404, { status: 'not found' })
  }
}

const readiness = async ({ phase, checks }: Health): Promise<Answer> => {
  if (phase !== 'started') return json(503, { status: phase })
  const faults: Record<string, string> = {}
  for (const [name, check] of checks) {
    const fault = await Promise.resolve()
      .then(check)
      .catch((error: unknown) => String(error))
    if (fault !== undefined) faults[name] = fault
  }
  const ready = Object.keys(faults).length === 0
  return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', faults })
}
