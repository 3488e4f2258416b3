import { reserveServerPorts } from './servers.mjs'
import { serviceNames } from './service-list.mjs'
import { reserveServicePorts } from './service-ports.mjs'
import { StartFailure } from './start-failure.mjs'

/**
 * The findings about ports: free, in use (by whom, where the system tells), or used by the running
 * mesh.
 */
export async function portFindings(workspace, running) {
  if (running) return [{ kind: 'ok', name: 'ports', text: 'in use by the running mesh' }]
  const services = serviceNames(workspace)
  return Promise.all([
    finding('server ports', () => reserveServerPorts(workspace)),
    finding('door ports', () => reserveServicePorts(workspace, services)),
  ])
}

async function finding(name, reserve) {
  try {
    return { kind: 'ok', name, text: `free: ${numbersIn(await reserve()).join(', ')}` }
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error
    return { kind: 'bad', name, text: error.message }
  }
}

function numbersIn(ports) {
  return Object.values(ports).flatMap((value) =>
    typeof value === 'number' ? value : numbersIn(value),
  )
}
