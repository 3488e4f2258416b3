import { setTimeout as sleep } from 'node:timers/promises'

/** Of the time it has waited; what is looked at may be a broker or a database. */
const PAUSE_SHARE = 0.05
const [PAUSE_MS_MIN, PAUSE_MS_MAX] = [5, 50]

/**
 * Looks until there is something, every few milliseconds at first and less often as it takes longer;
 * throws `late` after `ms`.
 */
export const until = async <T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { ms = 30_000, late = 'it did not come in time' }: { ms?: number; late?: string } = {},
): Promise<T> => {
  const begun = Date.now()
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    const waitedMs = Date.now() - begun
    if (waitedMs > ms) throw new Error(late)
    await sleep(Math.min(PAUSE_MS_MAX, Math.max(PAUSE_MS_MIN, waitedMs * PAUSE_SHARE)))
  }
}
