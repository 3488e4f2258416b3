import { spawnSync } from 'node:child_process'

import { freeMib, freeMibMin } from './disk.mjs'
import { portFindings } from './doctor-ports.mjs'
import { serverFindings } from './doctor-servers.mjs'
import { runningMesh } from './mesh-state.mjs'
import { meshNode } from './node-runtime.mjs'
import { packagesAreInstalled } from './packages.mjs'
import { canSetDeathSignal } from './spawn-child.mjs'
import { StartFailure } from './start-failure.mjs'
import { isOlder, versionIn } from './version.mjs'

const hostNodeFloor = '20.0.0'
const descriptorsMin = 4096

/**
 * What the mesh would use on this machine, one finding a thing: `{ kind, name, text, mend }`,
 * `kind` being `ok`, `note` (works, with a drawback) or `bad` (prevents a start). Downloads, starts
 * and changes nothing, and works before anything is installed.
 */
export async function findings(workspace) {
  const running = runningMesh(workspace)
  return [
    hostNode(),
    ownNode(workspace),
    packages(workspace),
    ...(await serverFindings(workspace)),
    ...(await portFindings(workspace, running)),
    disk(workspace),
    descriptors(),
    orphans(),
    mesh(running),
  ]
}

function hostNode() {
  const version = process.versions.node
  const text = `${version} at ${process.execPath}`
  if (!isOlder(version, hostNodeFloor)) return { kind: 'ok', name: 'launcher node', text }
  return {
    kind: 'bad',
    name: 'launcher node',
    text,
    mend: `install Node ${hostNodeFloor} or newer`,
  }
}

function ownNode(workspace) {
  const name = 'mesh node'
  try {
    const path = meshNode(workspace)
    return {
      kind: 'ok',
      name,
      text: `${versionIn(spawnSync(path, ['--version']).stdout.toString())} at ${path}`,
    }
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error
    if (packagesAreInstalled(workspace))
      return { kind: 'bad', name, text: 'none', mend: error.message }
    return { kind: 'note', name, text: 'comes with the packages' }
  }
}

function packages(workspace) {
  const name = 'packages'
  if (packagesAreInstalled(workspace)) return { kind: 'ok', name, text: 'as the lockfile says' }
  return {
    kind: 'note',
    name,
    text: 'not installed yet, or the lockfile changed; a start installs them (needs network)',
  }
}

function disk({ home, env }) {
  const [free, floor] = [freeMib(home), freeMibMin(env)]
  const text = `${free} MiB free for ${home}`
  if (free >= floor) return { kind: 'ok', name: 'disk', text }
  return {
    kind: 'bad',
    name: 'disk',
    text,
    mend: `${floor} MiB are needed: free some, or set MESH_HOME to another disk`,
  }
}

function descriptors() {
  const limit = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).stdout.trim()
  const text = `${limit} a process (one for each client connection)`
  if (limit === 'unlimited' || Number(limit) >= descriptorsMin)
    return { kind: 'ok', name: 'descriptors', text }
  return {
    kind: 'note',
    name: 'descriptors',
    text,
    mend: `for many connections: ulimit -n ${descriptorsMin * 16}`,
  }
}

function orphans() {
  const name = 'setpriv'
  if (canSetDeathSignal()) return { kind: 'ok', name, text: 'a killed launcher leaves no process' }
  return {
    kind: 'note',
    name,
    text: 'missing: a killed launcher leaves processes',
    mend: 'install util-linux; `npm run down` cleans up',
  }
}

function mesh(running) {
  const where = running?.urls.dashboard ? `, ${running.urls.dashboard}` : ''
  const text = running ? `running, pid ${running.pid}${where}` : 'not running'
  return { kind: 'ok', name: 'mesh', text }
}
