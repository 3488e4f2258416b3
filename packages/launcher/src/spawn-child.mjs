import { spawn, spawnSync } from 'node:child_process'

const setpriv = 'setpriv' // of util-linux

/**
 * Starts a process that gets `deathSignal` when the launcher dies, however it dies, so that a
 * killed launcher leaves no orphan. Where `setpriv` is missing that promise falls away and
 * everything else holds. `detached` keeps a terminal's Ctrl-C from the child: the launcher decides
 * the order of stopping. With `uid` (as root only) the child runs as that user and group without
 * further groups. The child has `exited`, a promise of `{ code, signal, error }` that never
 * rejects.
 */
export function spawnChild(command, args, options = {}) {
  const { deathSignal = 'TERM', uid, detached = true, ...rest } = options
  const child = canSetDeathSignal()
    ? spawn(setpriv, [...privileges(deathSignal, uid), '--', command, ...args], {
        ...rest,
        detached,
      })
    : spawn(command, args, { ...rest, detached, ...(uid === undefined ? {} : { uid, gid: uid }) })
  child.exited = new Promise((done) => {
    child.once('exit', (code, signal) => done({ code, signal }))
    child.once(
      'error',
      (error) => child.pid === undefined && done({ code: null, signal: null, error }),
    )
  })
  // A child that left before it read all of its input says so by its exit.
  child.stdin?.on('error', () => {})
  return child
}

/** How a process ended, in words. */
export function describeExit({ code, signal, error }) {
  if (error) return error.message
  return signal ? `was ended by ${signal}` : `exited with code ${code}`
}

function privileges(deathSignal, uid) {
  const identity =
    uid === undefined ? [] : ['--reuid', `${uid}`, '--regid', `${uid}`, '--clear-groups']
  return ['--pdeathsig', deathSignal, ...identity]
}

let deathSignalWorks

/** Whether this machine can do what `deathSignal` promises. */
export function canSetDeathSignal() {
  deathSignalWorks ??= spawnSync(setpriv, ['--pdeathsig', 'TERM', '--', 'true']).status === 0
  return deathSignalWorks
}
