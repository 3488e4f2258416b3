import { setTimeout as sleep } from 'node:timers/promises'
import { persist } from './backoff.ts'
import type { Broker, Running } from './broker/broker.ts'
import { connectBroker } from './broker/nats.ts'
import { TokenVerifier } from './caller.ts'
import { type BaseConfig, baseConfig } from './base-config.ts'
import { ConfigFailure, type Environment, processEnvironment, readConfig } from './config.ts'
import type { Runtime, Service } from './define-service.ts'
import { startConsumer } from './event-consumer.ts'
import { type Logger, createLogger } from './logger.ts'
import { createMetrics } from './metrics.ts'
import { startOpsServer } from './ops-server.ts'
import { createRpcClient } from './rpc-client.ts'
import { startRpcServer } from './rpc-server.ts'
import { streamStateHandler } from './stream-state.ts'
import { startTelemetry } from './telemetry-provider.ts'

/** A service that runs in this process. */
export interface RunningService extends Running {
  readonly runtime: Runtime
  /** What `open` gave, for tests to look behind the doors. */
  readonly deps: unknown
}

type Close = () => Promise<void>

/**
 * Starts a service: configuration, ops server, broker, deps, tasks, consumers, procedures, then
 * ready. What had been started when a later step fails is stopped again. `stop` goes the way back:
 * not ready, no new calls, no new deliveries, tasks, deps, broker; asked twice, it stops once.
 */
export const startService = async (service: Service, env: Environment): Promise<RunningService> => {
  const config = readConfig({ ...baseConfig, ...service.config }, env)
  const log = createLogger(service.name, config.logLevel)
  const closing: Close[] = []
  try {
    const runtime = await openRuntime({ service, config, log, closing })
    const deps = await service.open({ ...runtime, onClose: (close) => closing.push(close) })
    const parts = await startParts(service, runtime, deps, closing)
    runtime.ops.started()
    log.info({ ops: runtime.ops.url }, `${service.name} is ready`)
    let stopping: Promise<void> | undefined
    const stop = () => (stopping ??= stopParts({ runtime, parts, closing }))
    return { runtime, deps, stop }
  } catch (error) {
    await closeAll(closing, log)
    throw error
  }
}

/** Runs a service as this process, until a signal ends it. A second signal ends it at once. */
export const runService = async (service: Service): Promise<void> => {
  const env = processEnvironment()
  const running = await startService(service, env).catch((error: unknown) => {
    process.stderr.write(`${service.name} could not start: ${startFault(error)}\n`)
    process.exit(1)
  })
  const { log } = running.runtime
  const fatal = (error: unknown) => {
    log.fatal({ err: error }, 'unexpected fault, the process ends')
    process.exit(1)
  }
  process.on('unhandledRejection', fatal)
  process.on('uncaughtException', fatal)
  const stop = () => {
    process.once('SIGTERM', () => process.exit(1)).once('SIGINT', () => process.exit(1))
    running.stop().then(() => process.exit(0), fatal)
  }
  process.once('SIGTERM', stop).once('SIGINT', stop)
}

const startFault = (error: unknown): string => {
  if (error instanceof ConfigFailure) return error.message
  return error instanceof Error ? error.message : String(error)
}

interface Opened {
  service: Service
  config: BaseConfig
  log: Logger
  closing: Close[]
}

const openRuntime = async ({ service, config, log, closing }: Opened): Promise<Runtime> => {
  closing.push(await startTelemetry(service.name, config))
  const metrics = createMetrics(service.name)
  const version = service.contract?.version ?? '0.1.0'
  const ops = await startOpsServer({
    service: service.name,
    version,
    host: config.opsHost,
    port: config.opsPort,
    metrics,
  })
  closing.push(() => ops.close())
  const broker = await openBroker(service.name, config, log)
  closing.push(() => broker.close())
  ops.addCheck('broker', () => (broker.connected ? undefined : 'not connected'))
  const rpc = createRpcClient(broker, metrics)
  const verifier = new TokenVerifier(rpc)
  const verify = (token: string) => verifier.verify(token)
  return { service: service.name, config, log, broker, rpc, metrics, ops, verify }
}

const openBroker = (name: string, config: BaseConfig, log: Logger): Promise<Broker> => {
  const connecting = () =>
    connectBroker({
      servers: config.natsUrls.map((url) => url.reveal()),
      service: name,
      user: config.natsPassword.reveal() === '' ? '' : config.natsUser || name,
      password: config.natsPassword.reveal(),
      onFault: (error) => log.error({ err: error }, 'broker fault'),
    })
  return persist(connecting, {
    backoff: { firstMs: 250, maxMs: 5_000 },
    signal: AbortSignal.timeout(BROKER_WAIT_MS),
    onFault: (error, attempt) =>
      log.warn({ err: error, attempt }, 'broker not reached, will be tried again'),
  })
}

/** How long a starting service waits for its broker. */
const BROKER_WAIT_MS = 60_000

interface Parts {
  server: Running | undefined
  consumers: readonly Running[]
}

const startParts = async (
  ...[service, runtime, deps, closing]: [Service, Runtime, unknown, Close[]]
): Promise<Parts> => {
  const started = (part: Running): Running => {
    closing.push(() => part.stop())
    return part
  }
  for (const task of service.tasks) started(await task.start(runtime, deps))
  const consumers: Running[] = []
  for (const consumer of service.consumers)
    consumers.push(started(await startConsumer(runtime, consumer, deps)))
  const handlers = handlersOf(service, runtime.broker)
  if (Object.keys(handlers).length === 0) return { consumers, server: undefined }
  return { consumers, server: started(await startRpcServer(runtime, handlers, deps)) }
}

const handlersOf = ({ contract, procedures }: Service, broker: Broker) => {
  if (!contract || Object.keys(contract.events).length === 0) return procedures
  return { ...procedures, streamState: streamStateHandler(contract, broker) }
}

const stopParts = async ({
  runtime,
  parts,
  closing,
}: {
  runtime: Runtime
  parts: Parts
  closing: Close[]
}): Promise<void> => {
  const { ops, log, config } = runtime
  ops.draining()
  const grace = sleep(config.stopGraceMs, 'late', { ref: false })
  const quiet = (async () => {
    await parts.server?.stop()
    await Promise.all(parts.consumers.map((consumer) => consumer.stop()))
  })().catch((error: unknown) => log.error({ err: error }, 'fault while stopping'))
  if ((await Promise.race([quiet, grace])) === 'late') log.warn('work in flight was cut off')
  await closeAll(closing, log)
}

/** How long one part may take to close; then the next is closed, so that the process ends. */
const CLOSE_MS = 10_000

const closeAll = async (closing: Close[], log: Logger): Promise<void> => {
  for (const close of closing.splice(0).toReversed()) {
    const late = sleep(CLOSE_MS, 'late', { ref: false })
    const closed = close().catch((error: unknown) =>
      log.error({ err: error }, 'fault while stopping'),
    )
    if ((await Promise.race([closed, late])) === 'late') log.warn('a part did not stop in time')
  }
}
