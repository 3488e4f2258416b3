import { meshFacts, printMesh } from '../mesh-facts.mjs'
import { runMesh } from '../mesh-run.mjs'
import { openMesh } from '../open-mesh.mjs'
import { startServices } from '../start-services.mjs'
import { serviceNames } from '../service-list.mjs'
import { reserveServicePorts } from '../service-ports.mjs'

/** Starts the mesh and stays until it is stopped. */
export function up(workspace) {
  return runMesh(workspace, async (run) => {
    const { report, state, group } = run
    const ports = await reserveServicePorts(workspace, serviceNames(workspace))
    const mesh = await openMesh(run)
    await report.step('services', async () => {
      await startServices(run, mesh, ports)
      return `${mesh.services.length} ready`
    })
    const facts = meshFacts(mesh, ports)
    state.update({ ready: true, ...facts }, group.pids())
    printMesh(run, facts)
  })
}
