import { rmSync } from 'node:fs'

import { waitForLeftovers } from '../leftovers.mjs'
import { livingProcesses, readMeshState } from '../mesh-state.mjs'
import { isAlive } from '../process-identity.mjs'
import { seconds } from '../report.mjs'

const patienceMs = 40_000

/** Stops the running mesh and resolves when all of its processes are gone; says so if none runs. */
export async function down(workspace) {
  const since = performance.now()
  const state = readMeshState(workspace)
  const count = state ? livingProcesses(state).length : 0
  if (state && isAlive(state)) process.kill(state.pid, 'SIGTERM')
  if (state) await waitForLeftovers(state, patienceMs)
  rmSync(workspace.stateFile, { force: true })
  const took = seconds(performance.now() - since)
  console.log(count > 0 ? `  stopped: ${count} processes in ${took}` : '  nothing is running')
}
