import { meshNode, sourceArgs, withOwnTools } from './node-runtime.mjs'
import { ensurePackages } from './packages.mjs'
import { Report } from './report.mjs'
import { runInteractive } from './run-interactive.mjs'
import { runningMesh } from './mesh-state.mjs'

/**
 * Installs packages if need be and runs one TypeScript program of the workspace on this terminal;
 * resolves with its exit code. Only the program writes to stdout. `defaults` picks, from what is
 * known of the running mesh's environment, what the program gets unless the user has set it.
 */
export async function runSourceProgram(workspace, path, args, defaults = () => ({})) {
  await ensurePackages(workspace, new Report(process.stderr))
  const known = runningMesh(workspace)?.env
  const env = { ...(known ? defaults(known) : {}), ...withOwnTools(workspace) }
  return runInteractive(
    meshNode(workspace),
    [...sourceArgs, `${workspace.root}/${path}`, ...args],
    { env },
  )
}
