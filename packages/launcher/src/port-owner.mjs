import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const listening = '0A'

/**
 * Who listens on a port, as `postgres, pid 812`; undefined where the system does not tell. Linux
 * only.
 */
export function portOwner(port) {
  const inodes = new Set(['tcp', 'tcp6'].flatMap((table) => listenersIn(table, port)))
  if (inodes.size === 0) return undefined
  const pid = numbersIn('/proc').find((candidate) => holdsAny(candidate, inodes))
  return pid && `${readText(`/proc/${pid}/comm`).trim()}, pid ${pid}`
}

function listenersIn(table, port) {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readText(`/proc/net/${table}`)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(suffix) && state === listening)
    .map((fields) => fields[9])
}

function holdsAny(pid, inodes) {
  return numbersIn(`/proc/${pid}/fd`).some((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${fd}`))?.[1]
    return inodes.has(inode)
  })
}

function numbersIn(folder) {
  return orElse([], () => readdirSync(folder)).filter((name) => /^\d+$/.test(name))
}

function readText(path) {
  return orElse('', () => readFileSync(path, 'utf8'))
}

function readLink(path) {
  return orElse('', () => readlinkSync(path))
}

function orElse(fallback, read) {
  try {
    return read()
  } catch {
    return fallback // the process left, or belongs to another user
  }
}
