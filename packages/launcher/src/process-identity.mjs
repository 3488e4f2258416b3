import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * When a process began, as a text that is the same as long as it is the same process: a pid that
 * was given to another program since has another one. Undefined if there is no such process (or
 * only its zombie).
 */
export function startMark(pid) {
  return process.platform === 'linux' ? markFromProc(pid) : markFromPs(pid)
}

/** Whether `pid` is still the process that had this mark. */
export function isAlive({ pid, mark }) {
  return mark !== undefined && startMark(pid) === mark
}

function markFromProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return 'ZX'.includes(fields[0]) ? undefined : fields[19]
  } catch {
    return undefined
  }
}

function markFromPs(pid) {
  const { stdout, status } = spawnSync('ps', ['-o', 'lstart=', '-p', `${pid}`], {
    encoding: 'utf8',
  })
  return status === 0 && stdout.trim() ? stdout.trim() : undefined
}
