import { runInteractive } from '../run-interactive.mjs'
import { StartFailure } from '../start-failure.mjs'
import { withTestServers } from './test.mjs'

/**
 * Runs the soak test of the edge for an hour, or for as many minutes as the first argument says.
 * Resolves with its exit code.
 */
export function soak(workspace, [minutes = '60']) {
  if (!(Number(minutes) > 0)) throw new StartFailure(`${minutes} is no number of minutes`)
  const { root, bin } = workspace
  return withTestServers(workspace, (_run, env) =>
    runInteractive(`${bin}/vitest`, ['run', 'services/edge/test/38-soak'], {
      cwd: root,
      env: { ...env, MESH_SOAK_MINUTES: minutes },
    }),
  )
}
