import { rmSync } from 'node:fs'

import { claimFile, readClaim, rewriteClaim } from './claim-file.mjs'
import { isAlive, startMark } from './process-identity.mjs'
import { StartFailure } from './start-failure.mjs'

/**
 * The file that says what runs: there from the first moment of a start to the end of a stop, with
 * `ready` true once everything is. It has passwords, so only its owner reads it.
 */
export class MeshState {
  #file
  #facts = { ready: false }

  constructor({ stateFile }) {
    this.#file = stateFile
  }

  /** Takes the mesh for this process. Fails (StartFailure) if another one runs it. */
  claim() {
    const holder = claimFile(this.#file, this.#facts)
    if (!holder) return
    const where = holder.urls?.dashboard ? ` at ${holder.urls.dashboard}` : ''
    throw new StartFailure(
      `the mesh is already running${where} (pid ${holder.pid}). Stop it with \`npm run down\`, or set MESH_HOME for a second one.`,
    )
  }

  /** Adds facts and the pids of what runs now, by name. */
  update(facts, pids) {
    const marks = Object.fromEntries(
      Object.entries(pids).map(([name, pid]) => [name, startMark(pid)]),
    )
    this.#facts = { ...this.#facts, ...facts, pids: { launcher: process.pid, ...pids }, marks }
    rewriteClaim(this.#file, this.#facts)
  }

  /** Removes the file. */
  release() {
    rmSync(this.#file, { force: true })
  }
}

/**
 * What the state file says, or undefined: `{ pid, mark, ready, urls, ports, pids, marks, env }`.
 */
export function readMeshState({ stateFile }) {
  return readClaim(stateFile)
}

/** The state of the mesh that runs and is ready; undefined if there is none. */
export function runningMesh(workspace) {
  const state = readMeshState(workspace)
  return state?.ready && isAlive(state) ? state : undefined
}

/** The processes of a state that still live, `{ name, pid, mark }`; the launcher among them. */
export function livingProcesses(state) {
  const marks = { ...state.marks, launcher: state.mark }
  const all = { ...state.pids, launcher: state.pid }
  return Object.entries(all)
    .map(([name, pid]) => ({ name, pid, mark: marks[name] }))
    .filter(isAlive)
}
