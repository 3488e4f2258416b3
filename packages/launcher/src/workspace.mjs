import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')

/**
 * Every path the launcher uses, and the environment it was started with. Creates nothing. `root` is
 * the repository; `home` holds one mesh's state, so that several meshes run side by side when each
 * has a MESH_HOME of its own; `servers` holds downloaded servers and is shared by all of them.
 */
export function openWorkspace(env) {
  const root = resolve(env.MESH_ROOT || repository)
  const home = resolve(env.MESH_HOME || join(root, '.mesh'))
  return {
    env,
    root,
    home,
    shared: join(root, '.mesh'),
    servers: resolve(env.MESH_SERVERS_DIR || join(root, '.mesh', 'servers')),
    data: join(home, 'data'),
    log: join(home, 'log'),
    keys: join(home, 'keys'),
    secretsFile: join(home, 'secrets.json'),
    stateFile: join(home, 'run', 'state.json'),
    bin: join(root, 'node_modules', '.bin'),
  }
}
