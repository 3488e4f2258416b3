import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { isAlive, startMark } from './process-identity.mjs'

/**
 * Makes the file if nobody who is alive holds it, and answers undefined; else answers what its
 * holder wrote. The content appears with the file in one step. `pid` and `mark` of this process are
 * added to it; a file left behind by a process that is gone is replaced.
 */
export function claimFile(path, content = {}) {
  mkdirSync(dirname(path), { recursive: true })
  const own = `${path}.${process.pid}`
  writeFileSync(own, toText({ ...identity(), ...content }), { mode: 0o600 })
  try {
    for (;;) {
      if (linked(own, path)) return undefined
      const holder = readClaim(path)
      if (holder && isAlive(holder)) return holder
      rmSync(path, { force: true })
    }
  } finally {
    rmSync(own, { force: true })
  }
}

/** Replaces the content of a file this process has claimed, in one step. */
export function rewriteClaim(path, content) {
  const next = `${path}.${process.pid}`
  writeFileSync(next, toText({ ...identity(), ...content }), { mode: 0o600 })
  renameSync(next, path)
}

/** What the holder wrote, or undefined if there is no readable file. */
export function readClaim(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/** Runs `work` while this process alone holds the file; waits for whoever holds it now. */
export async function exclusively(path, work) {
  while (claimFile(path)) await sleep(200)
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function linked(from, to) {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    return false
  }
}

function identity() {
  return { pid: process.pid, mark: startMark(process.pid) }
}

function toText(content) {
  return `${JSON.stringify(content, null, 2)}\n`
}
