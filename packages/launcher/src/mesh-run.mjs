import { checkDisk } from './disk.mjs'
import { waitForLeftovers } from './leftovers.mjs'
import { beginLogs } from './log-folder.mjs'
import { MeshState, readMeshState } from './mesh-state.mjs'
import { ProcessGroup } from './process-group.mjs'
import { Report } from './report.mjs'
import { onStopSignals } from './stop-signals.mjs'

const leftoversMs = 20_000

/**
 * Takes the mesh for this process, runs `start({ workspace, report, group, state })` and stays
 * until a signal stops everything in order; then the process exits with 0. When `start` fails
 * everything it started is stopped and its error comes out. Fails (StartFailure) if a mesh runs
 * already or the disk is nearly full.
 */
export async function runMesh(workspace, start) {
  checkDisk(workspace)
  const report = new Report(process.stdout)
  const state = new MeshState(workspace)
  const before = readMeshState(workspace)
  state.claim()
  const say = (line) => report.line(`${new Date().toTimeString().slice(0, 8)}  ${line}`)
  const group = new ProcessGroup({ changed: () => state.update({}, group.pids()), say })
  const stopping = stopOnSignals({ report, group, state })
  try {
    if (before) await waitForLeftovers(before, leftoversMs)
    beginLogs(workspace)
    await start({ workspace, report, group, state })
  } catch (error) {
    if (stopping.begun) return forever()
    report.end()
    await group.stop()
    state.release()
    throw error
  }
  return forever()
}

function stopOnSignals({ report, group, state }) {
  const stopping = { begun: false }
  const stop = async () => {
    stopping.begun = true
    report.line('stopping')
    await group.stop()
    state.release()
    process.exit(0)
  }
  const kill = () => {
    group.kill()
    state.release()
    process.exit(130)
  }
  onStopSignals({ stop, kill })
  return stopping
}

function forever() {
  return new Promise(() => setInterval(() => {}, 1 << 30))
}
