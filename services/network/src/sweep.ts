import { setTimeout as sleep } from 'node:timers/promises'
import { network } from '@meshboard/contracts'
import type { Task } from '@meshboard/kit'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import { MESSAGES } from './domain/connection.ts'
import { toNetworkConnection } from './domain/network-connection.ts'
import { changedBySilence } from './domain/status-change.ts'

/** Connections changed in one transaction. */
const BATCH = 100

/**
 * Finds the connections whose device fell silent: stale first, then disconnected. Any number of
 * instances may do it at a time.
 */
export const sweep: Task<Deps, Config> = {
  name: 'sweep',
  start({ config, log }, deps) {
    const stopping = new AbortController()
    const { signal } = stopping
    const run = async () => {
      while (!signal.aborted) {
        await sweepOnce(deps, signal).catch((error: unknown) =>
          log.warn({ err: error }, 'sweep interrupted, will go on'),
        )
        await sleep(config.sweepMs, undefined, { signal }).catch(() => undefined)
      }
    }
    const running = run()
    return Promise.resolve({
      stop() {
        stopping.abort()
        return running
      },
    })
  },
}

const sweepOnce = async (deps: Deps, signal: AbortSignal): Promise<void> => {
  for (const step of [disconnectSilent, markStale]) {
    let changed = BATCH
    while (changed === BATCH && !signal.aborted) changed = await step(deps)
  }
}

const disconnectSilent = ({ database, connections, times }: Deps): Promise<number> =>
  database.transaction(async (tx) => {
    const silent = await connections.disconnectSilent(tx, {
      silentMs: times.silenceMs,
      message: MESSAGES.silent(times.silenceMs),
      max: BATCH,
    })
    for (const connection of silent) {
      await tx.publish(network.events.disconnected, toNetworkConnection(connection))
      await tx.publish(network.events.statusChanged, changedBySilence(connection))
    }
    return silent.length
  })

const markStale = ({ database, connections, times }: Deps): Promise<number> =>
  database.transaction(async (tx) => {
    const stale = await connections.markStale(tx, {
      silentMs: times.staleMs,
      message: MESSAGES.stale(times.staleMs),
      max: BATCH,
    })
    for (const connection of stale) {
      await tx.publish(network.events.scoreChanged, toNetworkConnection(connection))
      await tx.publish(network.events.statusChanged, changedBySilence(connection))
    }
    return stale.length
  })
