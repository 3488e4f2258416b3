import { join } from 'node:path'

import { meshFacts } from '../mesh-facts.mjs'
import { runMesh } from '../mesh-run.mjs'
import { runningMesh } from '../mesh-state.mjs'
import { openMesh } from '../open-mesh.mjs'
import { freePort, nextFreePort, portSetting } from '../ports.mjs'
import { runInteractive } from '../run-interactive.mjs'
import { openSecrets, openSigningKey } from '../secrets.mjs'
import { doors, serviceNames } from '../service-list.mjs'
import { serviceEnv, serviceSpec } from '../service-spec.mjs'
import { StartFailure } from '../start-failure.mjs'

/**
 * Runs one service on this terminal and starts it anew when its sources change: on the servers of
 * the running mesh, else on servers started for it. Fails (StartFailure) for a name that is no
 * service.
 */
export async function dev(workspace, [name, ...rest]) {
  const names = serviceNames(workspace)
  if (!names.includes(name) || rest.length > 0) {
    throw new StartFailure(`\`npm run dev -- <service>\` takes one of: ${names.join(', ')}`)
  }
  const running = runningMesh(workspace)
  return running ? besideMesh(workspace, name, running) : withOwnServers(workspace, name)
}

function besideMesh(workspace, name, { servers }) {
  const secrets = openSecrets(workspace, serviceNames(workspace))
  return watch(workspace, name, { urls: servers, secrets, signingKey: openSigningKey(workspace) })
}

function withOwnServers(workspace, name) {
  return runMesh(workspace, async (run) => {
    const mesh = await openMesh(run)
    const facts = meshFacts(mesh, { doors: {}, ops: {} })
    run.state.update({ ready: true, ...facts }, run.group.pids())
    run.report.line()
    const code = await watch(workspace, name, mesh)
    await run.group.stop()
    run.state.release()
    process.exit(code)
  })
}

async function watch(workspace, name, mesh) {
  const ports = { ops: await freePort(), door: await doorPort(workspace.env, name) }
  const env = serviceEnv({ workspace, name, ...mesh, ports })
  const { command, args, cwd } = serviceSpec({ workspace, name, env, opsPort: ports.ops })
  const door = ports.door ? `, ${name} on :${ports.door}` : ''
  console.log(`  ${name} in ${join('services', name)}: ops on :${ports.ops}${door}`)
  return runInteractive(command, ['--watch', ...args], { cwd, env })
}

async function doorPort(env, name) {
  if (!doors[name]) return undefined
  const wanted = portSetting(env, doors[name].variable, doors[name].port)
  return wanted === 0 ? freePort() : nextFreePort(wanted)
}
