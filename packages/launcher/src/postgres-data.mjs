import { createHash } from 'node:crypto'
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { lastLines, runCommand } from './run-command.mjs'
import { postgresUid } from './postgres-files.mjs'
import { StartFailure } from './start-failure.mjs'

const locale = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
// Shared memory in the data folder: a server that was killed leaves nothing elsewhere.
const memory = ['-c', 'dynamic_shared_memory_type=mmap']

const halfMade = '.half-'

/** The superuser and the database of the mesh. */
export const superuser = 'meshboard'

const identity = ['-U', superuser, '-A', 'scram-sha-256']

/**
 * Makes a data folder with the superuser and its database, if there is none yet; answers the uid
 * the server has to run as (undefined: the launcher's own). It appears complete or not at all.
 * `durable: false` skips syncing, for data that is thrown away. Fails (StartFailure) for data of
 * another major version, or with another password.
 */
export async function openPostgresData(folder, { programs, password, durable }) {
  if (!existsSync(folder)) await create(folder, { programs, password, durable })
  checkMajorVersion(folder, programs.version)
  checkPassword(folder, password)
  removeStaleLock(folder)
  return postgresUid === undefined ? undefined : statSync(folder).uid || postgresUid
}

async function create(folder, { programs, password, durable }) {
  mkdirSync(dirname(folder), { recursive: true })
  removeHalfMade(folder)
  const half = `${folder}${halfMade}${process.pid}` // what an earlier start began may still be dying
  const data = join(half, 'data')
  makeOwned(half, (path) => mkdirSync(path, { mode: 0o700 }))
  const passwordFile = join(half, 'password')
  makeOwned(passwordFile, (path) => writeFileSync(path, password, { mode: 0o600 }))
  const flags = [...identity, ...locale, ...memory, ...(durable ? [] : ['--no-sync'])]
  const run = (program, args, input) =>
    orFail(join(programs.folder, 'bin', program), args, { cwd: half, input })
  await run('initdb', ['-D', data, `--pwfile=${passwordFile}`, ...flags])
  await run('postgres', ['--single', '-D', data, 'postgres'], `create database ${superuser}\n`)
  makeOwned(join(data, passwordMark), (path) => writeFileSync(path, markOf(password)))
  renameSync(data, folder)
  rmSync(half, { recursive: true, force: true })
}

function removeHalfMade(folder) {
  const parent = dirname(folder)
  const half = readdirSync(parent).filter((name) => name.startsWith(basename(folder) + halfMade))
  for (const name of half) {
    rmSync(join(parent, name), { recursive: true, force: true, maxRetries: 5 })
  }
}

async function orFail(command, args, { cwd, input }) {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }
  const result = await runCommand(command, args, { cwd, env, uid: postgresUid, input })
  if (result.ok) return
  throw new StartFailure(
    'cannot start postgres: making its data folder failed, the last lines are above.',
    {
      tail: lastLines(result.text),
    },
  )
}

function makeOwned(path, make) {
  make(path)
  if (postgresUid !== undefined) chownSync(path, postgresUid, postgresUid)
}

function checkMajorVersion(folder, version) {
  const written = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim()
  const major = version.split('.')[0]
  if (written === major) return
  throw new StartFailure(
    `the data in ${folder} was written by Postgres ${written}, this is ${major}. Set DATABASE_URL to a server of that version, or run \`npm run reset\` to begin anew.`,
  )
}

// Says which password the data was made with, without holding it.
const passwordMark = 'meshboard.password'

const markOf = (password) => createHash('sha256').update(password).digest('hex')

function checkPassword(folder, password) {
  const file = join(folder, passwordMark)
  if (!existsSync(file) || readFileSync(file, 'utf8') === markOf(password)) return
  throw new StartFailure(
    `the data in ${folder} is of an earlier installation, whose passwords are gone. Put its secrets.json back, or run \`npm run reset\` to begin anew.`,
  )
}

// After a crash of the machine the pid in the lock may be another program's; Postgres would refuse.
function removeStaleLock(folder) {
  const file = join(folder, 'postmaster.pid')
  if (!existsSync(file) || process.platform !== 'linux') return
  const pid = readFileSync(file, 'utf8').split('\n')[0]
  const command = `/proc/${pid}/cmdline`
  const runs = existsSync(command) && readFileSync(command, 'utf8').includes('postgres')
  if (!runs) rmSync(file, { force: true })
}
