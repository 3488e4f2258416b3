import { setTimeout as sleep } from 'node:timers/promises'

/** Looks every few milliseconds until there is something. */
export const until = async <T>(look: () => T | undefined | false, ms = 15_000): Promise<T> => {
  const end = Date.now() + ms
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end) throw new Error(`it did not come within ${ms} ms`)
    await sleep(5)
  }
}

/** Asks four times a second until it is so. */
export const untilSo = async (ask: () => Promise<boolean>, ms: number): Promise<void> => {
  const end = Date.now() + ms
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`it was not so within ${ms} ms`)
    await sleep(250)
  }
}
