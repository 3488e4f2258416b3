import { constants } from 'node:os'

import { spawnChild } from './spawn-child.mjs'
import { StartFailure } from './start-failure.mjs'

/**
 * Runs a program on this terminal to its end; resolves with the exit code to pass on. A Ctrl-C
 * reaches the program from the terminal; signals sent to the launcher alone are passed on.
 */
export async function runInteractive(command, args, options) {
  const child = spawnChild(command, args, { ...options, stdio: 'inherit', detached: false })
  const passed = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT']
  const passOn = (signal) => void (passed.includes(signal) && child.kill(signal))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, passOn)
  const { code, signal, error } = await child.exited
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, passOn)
  if (error) throw new StartFailure(`cannot run ${command}: ${error.message}`)
  return code ?? 128 + constants.signals[signal]
}
