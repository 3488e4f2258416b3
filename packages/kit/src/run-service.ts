import { setTimeout as sleep } from 'node:timers/promises'
import { processEnvironment } from './config.ts'
import type { Service } from './define-service.ts'
import { createLogger } from './logger.ts'
import { type RunningService, type StartOptions, startService } from './start-service.ts'

/**
 * Runs a service as this process, until a signal ends it, or `options.signal`: exit code 0. A second
 * signal, or a stop that takes longer than `STOP_MS_MAX`, ends it at once: 1. So does what nobody
 * expected.
 */
export const runService = async (service: Service, options: StartOptions = {}): Promise<void> => {
  const fatal = (error: unknown) => {
    createLogger(service.name, 'fatal').fatal({ err: error }, 'unexpected fault, the process ends')
    process.exit(1)
  }
  process.on('unhandledRejection', fatal).on('uncaughtException', fatal)
  const ending = new AbortController()
  let running: RunningService | undefined
  const stop = () => {
    if (ending.signal.aborted) return
    process.once('SIGTERM', () => process.exit(1)).once('SIGINT', () => process.exit(1))
    ending.abort()
    if (running) stopInTime(running).then(() => process.exit(0), fatal)
  }
  process.once('SIGTERM', stop).once('SIGINT', stop)
  options.signal?.addEventListener('abort', stop)
  try {
    const { signal } = ending
    running = await startService(service, processEnvironment(), { ...options, signal })
  } catch (error) {
    if (ending.signal.aborted) process.exit(0)
    process.stderr.write(`${service.name} could not start: ${startFault(error)}\n`)
    process.exit(1)
  }
  // The signal came while the last part was starting.
  if (ending.signal.aborted) stopInTime(running).then(() => process.exit(0), fatal)
}

const stopInTime = async ({ runtime, stop }: RunningService): Promise<void> => {
  const late = sleep(runtime.config.stopMsMax, 'late', { ref: false })
  if ((await Promise.race([stop(), late])) !== 'late') return
  runtime.log.fatal('stopping took too long, the process ends')
  process.exit(1)
}

const startFault = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
