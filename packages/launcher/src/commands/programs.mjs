import { findNats } from '../nats-binary.mjs'
import { runSourceProgram } from '../source-program.mjs'

/** Runs the device agent, against the running mesh unless it is told otherwise. */
export function agent(workspace, args) {
  const doors = ({ MESH_SERVER, MESH_GATEWAY }) => ({ MESH_SERVER, MESH_GATEWAY })
  return runSourceProgram(workspace, 'packages/agent/src/main.ts', args, doors)
}

/** Runs the operator's program with the credentials of the running mesh. */
export async function mesh(workspace, args) {
  const nats = args[0] === 'backup-drill' ? await findNats(workspace) : undefined
  const own = nats ? { NATS_SERVER_BIN: nats.path } : {}
  return runSourceProgram(workspace, 'packages/cli/src/main.ts', args, (known) => ({
    ...known,
    ...own,
  }))
}

/** Names who breaks by what has changed since the last release. */
export function compat(workspace, args) {
  return runSourceProgram(workspace, 'deploy/compat.ts', args)
}

/** Writes the generated files anew. */
export function generate(workspace, args) {
  return runSourceProgram(workspace, 'deploy/generate.ts', args)
}
