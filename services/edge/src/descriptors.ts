import { readFileSync } from 'node:fs'
import type { Opening } from '@meshboard/kit'
import type { Config } from './config.ts'

const LIMITS = '/proc/self/limits'
/** For the broker, the ops port, logs, and upgrades that are being refused. */
const KEPT_FREE = 256

/** How many sockets this process takes: as configured, or fewer where it may not open so many. */
export const socketsAllowed = ({
  config,
  log,
}: Pick<Opening<Config>, 'config' | 'log'>): number => {
  const descriptors = descriptorsMax()
  const allowed = Math.max(1, Math.min(config.connectionsMax, descriptors - KEPT_FREE))
  log.info({ allowed, configured: config.connectionsMax, descriptors }, 'sockets allowed')
  return allowed
}

/** How many files the system lets this process have open; where it does not say, any number. */
const descriptorsMax = (): number => {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync(LIMITS, 'utf8')) ?? []
    return Number(soft ?? Number.POSITIVE_INFINITY)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
