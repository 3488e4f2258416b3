import { bench } from './commands/bench.mjs'
import { check } from './commands/check.mjs'
import { dev } from './commands/dev.mjs'
import { doctor } from './commands/doctor.mjs'
import { down } from './commands/down.mjs'
import { testImages } from './commands/images.mjs'
import { newService } from './commands/new-service.mjs'
import { agent, compat, generate, mesh } from './commands/programs.mjs'
import { reset } from './commands/reset.mjs'
import { soak } from './commands/soak.mjs'
import { test } from './commands/test.mjs'
import { up } from './commands/up.mjs'
import { asDiskFailure } from './disk.mjs'
import { StartFailure } from './start-failure.mjs'
import { openWorkspace } from './workspace.mjs'

const commands = {
  up,
  down,
  reset,
  doctor,
  dev,
  test,
  'test:soak': soak,
  'test:images': testImages,
  check,
  bench,
  generate,
  compat,
  agent,
  mesh,
  'new:service': newService,
}

const usage = `usage: npm run <command>
  up                   start the mesh and stay until Ctrl-C
  down                 stop it
  reset                stop it and delete its data
  doctor               what is used, and how to mend what is missing
  dev -- <service>     run one service anew whenever its sources change
  test -- [text…]      all tests, or those whose path contains a text (--full: the long ones, too)
  test:soak -- [min]   the edge under load for an hour, or so many minutes
  test:images          the image of every service, built, looked at and run as a mesh
  check                the quick loop: format, lint, types, unit tests
  bench -- [name…]     benchmarks against their references (--json, --rounds n)
  generate             write generated files anew
  compat               who breaks by what has changed since the last release
  new:service <name>   write a service of the common shape
  agent -- [args…]     the device agent
  mesh -- [args…]      the operator's program`

/**
 * Runs one command; resolves with the exit code: the command's own (0 if it has none), 1 for an
 * expected failure, said in one line, 2 for an unknown command. An error nobody expects comes out
 * with its stack.
 */
export async function dispatch([name, ...args], env) {
  if (!Object.hasOwn(commands, name ?? '')) {
    console.error(name ? `unknown command: ${name}\n${usage}` : usage)
    return 2
  }
  const workspace = openWorkspace(env)
  try {
    return (await commands[name](workspace, args)) ?? 0
  } catch (error) {
    const failure = asDiskFailure(error, workspace.home) ?? asRefusal(error) ?? error
    if (!(failure instanceof StartFailure)) throw error
    if (failure.tail) console.error(failure.tail)
    console.error(`  ${failure.message}`)
    return 1
  }
}

function asRefusal({ code, path }) {
  if (!path || !['EACCES', 'EPERM', 'EROFS'].includes(code)) return undefined
  return new StartFailure(
    `cannot use ${path}: permission denied. Change its owner, or set MESH_HOME to a folder of your own.`,
  )
}
