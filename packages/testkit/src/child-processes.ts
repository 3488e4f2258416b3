import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'

const children = new Set<ChildProcess>()

/** Of util-linux: has the system kill a child whose parent is gone, even one that was killed itself. */
const SETPRIV = ['setpriv', '--pdeathsig', 'KILL', '--'] as const

/** Starts a process that does not outlive this one; without `setpriv`, unless this one is killed. */
export const spawnWithUs = (words: readonly string[], options: SpawnOptions): ChildProcess => {
  const [command = '', ...args] = hasSetpriv() ? [...SETPRIV, ...words] : words
  const child = spawn(command, args, options)
  if (children.size === 0) process.once('exit', killAll)
  children.add(child)
  child.once('exit', () => {
    children.delete(child)
    if (children.size === 0) process.off('exit', killAll)
  })
  return child
}

let found: boolean | undefined

const hasSetpriv = (): boolean => {
  const [command, ...args] = SETPRIV
  return (found ??= spawnSync(command, [...args, 'true']).status === 0)
}

const killAll = (): void => {
  for (const child of children) child.kill('SIGKILL')
}

/** Ends a process that the test has started; resolved once it is gone. */
export const endProcess = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}
