import { existsSync, rmSync } from 'node:fs'

import { outsideFolder } from '../postgres-files.mjs'
import { down } from './down.mjs'

/**
 * Stops the mesh and deletes its data, passwords and keys; says what it deleted. Logs and downloads
 * stay.
 */
export async function reset(workspace) {
  await down(workspace)
  const { data, secretsFile, keys, home } = workspace
  const paths = [data, secretsFile, keys, outsideFolder(home)].filter((path) => existsSync(path))
  for (const path of paths) {
    rmSync(path, { recursive: true, force: true })
    console.log(`  deleted ${path}`)
  }
  if (paths.length === 0) console.log('  there was nothing to delete')
}
