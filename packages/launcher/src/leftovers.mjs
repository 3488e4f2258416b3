import { isAlive } from './process-identity.mjs'
import { livingProcesses } from './mesh-state.mjs'
import { until } from './until.mjs'

/**
 * Waits until the processes of a state are gone, and ends those that are not after `patienceMs`.
 */
export async function waitForLeftovers(state, patienceMs) {
  const left = livingProcesses(state)
  const gone = () => !left.some(isAlive)
  if (await until(gone, { timeoutMs: patienceMs })) return
  for (const { pid } of left.filter(isAlive)) endAtOnce(pid)
  await until(gone, { timeoutMs: 5_000 })
}

function endAtOnce(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}
