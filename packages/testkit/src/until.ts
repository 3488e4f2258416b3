import { setTimeout as sleep } from 'node:timers/promises'

/** Looks every few milliseconds until there is something; throws `late` after `ms`. */
export const until = async <T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { ms = 10_000, late = 'it did not come in time' }: { ms?: number; late?: string } = {},
): Promise<T> => {
  const end = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end) throw new Error(late)
    await sleep(10)
  }
}
