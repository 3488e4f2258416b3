import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { debianSource } from './debian-source.mjs'
import { findExecutable } from './executable.mjs'
import { lastLines, runCommand } from './run-command.mjs'
import { StartFailure } from './start-failure.mjs'

/**
 * Unpacks Debian packages of one suite into `folder` without touching the system: a private apt
 * configuration, signatures checked by apt as ever, no root needed. The folder is replaced as a
 * whole or not at all; the caller sees to it that nobody else does the same. Fails (StartFailure)
 * without apt, source or network.
 */
export async function downloadDebian(env, { suite, packages, folder }) {
  const source = debianSource(env)
  if (!findExecutable('apt-get', env) || !findExecutable('dpkg', env)) {
    throw new StartFailure('apt-get and dpkg are not on this machine')
  }
  if (!source)
    throw new StartFailure('no Debian source is set up on this machine (MESH_DEBIAN_URI names one)')
  const work = `${folder}.new`
  rmSync(work, { recursive: true, force: true })
  try {
    await fetchInto(work, { source, suite, packages, env })
    rmSync(folder, { recursive: true, force: true })
    renameSync(join(work, 'tree'), folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function fetchInto(work, { source, suite, packages, env }) {
  const apt = privateApt(work, source, suite)
  for (const args of [['update'], ['download', ...packages]]) {
    await orFail('apt-get', [...apt, ...args], {
      cwd: join(work, 'debs'),
      env: { ...env, LC_ALL: 'C' },
    })
  }
  for (const deb of readdirSync(join(work, 'debs'))) {
    await orFail('dpkg', ['-x', join(work, 'debs', deb), join(work, 'tree')], { env })
  }
}

function privateApt(work, { uri, signedBy }, suite) {
  for (const path of ['debs', 'tree', 'lists/partial', 'archives/partial']) {
    mkdirSync(join(work, path), { recursive: true, mode: 0o755 })
  }
  const list = join(work, 'debian.sources')
  writeFileSync(
    list,
    `Types: deb\nURIs: ${uri}\nSuites: ${suite}\nComponents: main\nSigned-By: ${signedBy}\n`,
  )
  const settings = {
    'Dir::Etc::sourcelist': list,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(work, 'lists'),
    'Dir::Cache': work,
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': '',
    'APT::Update::Error-Mode': 'any',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '20',
    'Acquire::Languages': 'none',
  }
  return ['-qq', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
}

async function orFail(command, args, options) {
  const result = await runCommand(command, args, options)
  if (result.ok) return
  const reason =
    result.text.split('\n').find((line) => /^[EW]:/.test(line)) ?? lastLines(result.text, 1)
  const words = reason
    .replace(/^[EW]:/, '')
    .trim()
    .replace(/\.+$/, '')
  throw new StartFailure(words || `${command} failed`)
}
