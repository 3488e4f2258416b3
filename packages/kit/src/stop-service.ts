import { setTimeout as sleep } from 'node:timers/promises'
import type { Closing } from './closing.ts'
import type { Runtime } from './define-service.ts'
import type { Parts } from './start-parts.ts'

/**
 * Stops a service: not ready, no longer discoverable, no new calls, no new deliveries, what is in
 * hand finished (at most `STOP_GRACE_MS`), tasks (the outbox relay sends what is left), deps, broker,
 * Redis, database. The log has each step.
 */
export const stopService = async ({
  runtime,
  parts,
  closing,
}: {
  runtime: Runtime
  parts: Parts
  closing: Closing
}): Promise<void> => {
  const { ops, log, config } = runtime
  ops.draining()
  log.info('stopping: not ready any more')
  await parts.discovery.stop().catch((error: unknown) => log.error({ err: error }, FAULT))
  log.info('stopping: not discoverable any more')
  if (config.readyOffMs > 0) await sleep(config.readyOffMs)
  const grace = sleep(config.stopGraceMs, 'late', { ref: false })
  if ((await Promise.race([finishWork(runtime, parts), grace])) === 'late')
    log.warn('stopping: work in flight was cut off')
  await closing.closeAll()
  log.info('stopped')
  // An exit amid a write would put the last lines in another order.
  await new Promise<void>((resolve) => log.flush(() => resolve()))
}

const FAULT = 'fault while stopping'

/** Both stop taking before either is waited for: neither makes new work for the other. */
const finishWork = async ({ log }: Runtime, { server, consumers }: Parts): Promise<void> => {
  const draining = server?.stop()
  if (server) log.info('stopping: no new calls')
  const finishing = consumers.map((consumer) => consumer.stop())
  if (consumers.length > 0) log.info('stopping: no new deliveries')
  const ends = await Promise.allSettled([draining, ...finishing])
  for (const end of ends)
    if (end.status === 'rejected') log.error({ err: end.reason as unknown }, FAULT)
  if (ends.length > 1 || server) log.info('stopping: nothing in flight')
}
