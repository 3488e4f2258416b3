import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks again and again until the answer is true (resolves true) or the time is over or `gaveUp()`
 * (false).
 */
export async function until(question, { timeoutMs, everyMs = 20, gaveUp = () => false }) {
  const deadline = performance.now() + timeoutMs
  while (!gaveUp()) {
    if (await question()) return true
    if (performance.now() > deadline) return false
    await sleep(everyMs)
  }
  return false
}
