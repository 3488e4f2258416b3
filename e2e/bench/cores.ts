import { execFileSync } from 'node:child_process'
import { isPinning } from './processes.ts'

/** What is measured has one core; who loads it, and a broker that is not measured, have the other. */
export const [SERVER_CORE, LOAD_CORE] = [0, 1]

/** Keeps a process that runs already on one core, with all its threads, where the machine has several. */
export const keepOn = (core: number, pid: number): void => {
  if (isPinning()) execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)])
}
