import type { Running } from './broker/broker.ts'
import { connectFault } from './broker/connect-fault.ts'
import { connectBroker } from './broker/nats.ts'
import { checksTokens } from './broker/rights.ts'
import { TokenVerifier } from './caller.ts'
import { type BaseConfig, baseConfig, brokerTls } from './base-config.ts'
import { Closing } from './closing.ts'
import { type Environment, readConfig } from './config.ts'
import type { Opening, Runtime, Service } from './define-service.ts'
import { versionOf } from './discovery.ts'
import { type Logger, createLogger } from './logger.ts'
import { createMetrics } from './metrics.ts'
import { expose } from './metrics-text.ts'
import { type OpsServer, startOpsServer } from './ops-server.ts'
import { createRpcClient } from './rpc-client.ts'
import { registerLinks } from './link-metrics.ts'
import { Revocations } from './revocations.ts'
import { sentenceOf } from './start-fault.ts'
import { startParts } from './start-parts.ts'
import { type Persist, createPersist } from './start-waiting.ts'
import { stopService } from './stop-service.ts'
import { registerTelemetry } from './telemetry-metrics.ts'
import { startTelemetry } from './telemetry-provider.ts'

/** A service that runs in this process. */
export interface RunningService extends Running {
  readonly runtime: Runtime
  /** What `open` gave, for tests to look behind the doors. */
  readonly deps: unknown
}

/** How a service is started that is one of several processes, or that may be told to give up. */
export interface StartOptions {
  /** Ends the start when it aborts. */
  readonly signal?: AbortSignal
  /** Which of several processes it is: a label of its metrics, a field of its log lines. */
  readonly process?: string
  /** Called with the address of the ops server as soon as that answers. */
  readonly onOps?: (url: string) => void
}

/**
 * Starts a service: configuration, ops server, broker, deps, tasks, consumers, procedures, then
 * ready and discoverable. Whatever is outside may be away for as long as it likes: until it is there
 * the ops server says what is missing. Throws when the configuration cannot be used, when `open`
 * fails otherwise, or when `signal` aborts; what had been started is stopped again. `stop` goes the
 * way back; asked twice, it stops once.
 */
export const startService = async (
  service: Service,
  env: Environment,
  options: StartOptions = {},
): Promise<RunningService> => {
  const config = readConfig({ ...baseConfig, ...service.config }, env)
  const log = loggerOf(service, config, options)
  const closing = new Closing(log)
  try {
    const opening = await openRuntime({ service, config, log, closing, options })
    const { persist, onClose: _, ...runtime } = opening
    const deps = await service.open(opening)
    const parts = await startParts({ service, runtime, deps, closing, persist })
    runtime.ops.started()
    log.info({ ops: runtime.ops.url }, `${service.name} is ready`)
    let stopping: Promise<void> | undefined
    const stop = () => (stopping ??= stopService({ runtime, parts, closing }))
    return { runtime, deps, stop }
  } catch (error) {
    await closing.closeAll(UNSTARTED_MS)
    throw error
  }
}

const loggerOf = (
  ...[{ name }, { logLevel }, { process }]: [Service, BaseConfig, StartOptions]
): Logger => {
  const log = createLogger(name, logLevel)
  return process === undefined ? log : log.child({ process })
}

/** Nothing is in hand yet: a part of a service that does not start may take so long to close. */
const UNSTARTED_MS = 1_000

interface Opened {
  service: Service
  config: BaseConfig
  log: Logger
  closing: Closing
  options: StartOptions
}

const openRuntime = async (opened: Opened): Promise<Opening<unknown>> => {
  const { service, config, log, closing, options } = opened
  const { name } = service
  await openTelemetry(opened)
  const metrics = createMetrics(name, options.process)
  registerTelemetry(metrics.registry)
  const version = versionOf(service.contract)
  const { opsHost: host, opsPort: port, revision } = config
  const ops = await startOpsServer({
    ...{ service: name, version, revision, host, port },
    expose: (accept) => expose(metrics, accept),
  })
  options.onOps?.(ops.url)
  closing.add({ kind: 'process', part: 'ops server', close: () => ops.close() })
  log.info({ ops: ops.url, version }, `${name} starts`)
  const { signal = new AbortController().signal } = options
  const persist = createPersist({ ops, log, signal })
  const broker = await openBroker(opened, ops, persist)
  const rpc = createRpcClient(broker, metrics)
  const tokens = await openTokens(opened, { broker, rpc, metrics, persist })
  const runtime = { service: name, config, log, broker, rpc, metrics, ops, ...tokens }
  return {
    ...runtime,
    persist,
    onClose: (close, kind) => closing.add({ kind: kind ?? 'deps', part: kind ?? 'deps', close }),
  }
}

const openTelemetry = async ({ service, config, log, closing }: Opened): Promise<void> => {
  const close = await startTelemetry(service.name, {
    ...config,
    onFault: (error) => log.warn({ err: error }, `traces are not taken: ${sentenceOf(error)}`),
  })
  closing.add({ kind: 'process', part: 'telemetry', close })
}

interface TokenParts extends Pick<Runtime, 'broker' | 'rpc' | 'metrics'> {
  persist: Persist
}

/** What checks callers' tokens; the revocations are followed where the service may be handed one. */
const openTokens = async (
  ...[opened, parts]: [Opened, TokenParts]
): Promise<Pick<Runtime, 'verify' | 'onRevoked'>> => {
  const { service, log, closing } = opened
  const { broker, rpc, metrics, persist } = parts
  const revocations = new Revocations({ broker, rpc, log })
  const checks = checksTokens(service)
  registerLinks(metrics.registry, { broker, ...(checks && { revocations }) })
  if (checks) {
    const part = 'revocations'
    await persist({ part, work: () => revocations.start() })
    closing.add({ kind: 'deps', part, close: () => revocations.stop(), quiet: true })
  }
  const isRevoked = (sessionId: string) => revocations.has(sessionId)
  const verifier = new TokenVerifier({ rpc, registry: metrics.registry, isRevoked })
  if (checks) void verifier.warm()
  return {
    verify: (token) => verifier.verify(token),
    onRevoked: (listener) => revocations.onRevoked(listener),
  }
}

const openBroker = async (...[opened, ops, persist]: [Opened, OpsServer, Persist]) => {
  const { service, config, log, closing } = opened
  const options = {
    servers: config.natsUrls.map((url) => url.reveal()),
    service: service.name,
    user: config.natsPassword.reveal() === '' ? '' : config.natsUser || service.name,
    password: config.natsPassword.reveal(),
    tls: brokerTls(config),
    onFault: (error: Error) => log.error({ err: error }, 'broker fault'),
  }
  const broker = await persist({
    part: 'broker',
    work: () => connectBroker(options),
    sentence: (error) => connectFault(error, options),
  })
  closing.add({ kind: 'broker', part: 'broker', close: () => broker.close() })
  ops.addCheck('broker', () => (broker.connected ? undefined : 'the broker is not connected'))
  return broker
}
