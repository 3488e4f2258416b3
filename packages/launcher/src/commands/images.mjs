import { join } from 'node:path'

import { findExecutable } from '../executable.mjs'
import { runInteractive } from '../run-interactive.mjs'
import { StartFailure } from '../start-failure.mjs'
import { withTestServers } from './test.mjs'

const tools = ['buildah', 'podman', 'debootstrap']

/**
 * Builds the image of every program and looks at each, then runs the mesh from them and the main job
 * through it. Resolves with the exit code of what failed first. Without the tools it says so and
 * resolves with 0, or fails (StartFailure) where REQUIRE_TOOLS=1 asks for them.
 */
export function testImages(workspace) {
  const { root, bin, env } = workspace
  const missing = tools.filter((name) => !findExecutable(name, env))
  if (process.getuid() !== 0) missing.push('root')
  if (missing.length > 0) return skip(missing, env)
  return withTestServers(workspace, async (_run, own) => {
    const run = (file, more) =>
      runInteractive(`${bin}/vitest`, ['run', file], { cwd: root, env: { ...own, ...more } })
    const images = await run('e2e/images.test.ts', { MESH_TEST_IMAGES: '1' })
    return (
      images || run('e2e/main-job.test.ts', { MESH_RUN: join(root, 'e2e/images/run-image.sh') })
    )
  })
}

function skip(missing, env) {
  const text = missing.join(', ')
  if (env.REQUIRE_TOOLS === '1')
    throw new StartFailure(`REQUIRE_TOOLS=1 asks for the images to be built, which takes ${text}.`)
  for (const name of missing) console.log(`skipped: ${name}`)
  return 0
}
