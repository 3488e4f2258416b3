import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freeMib } from './disk.mjs'
import { startMark } from './process-identity.mjs'

const memory = '/dev/shm'
const memoryMibMin = 1024
const name = /^meshboard-test-(\d+)-(\S+)$/

/**
 * A folder of this process for data nobody keeps: in memory where there is room, else in the
 * temporary folder. Folders of launchers that were killed are removed on the way.
 */
export function makeThrowawayFolder() {
  for (const parent of [memory, tmpdir()]) sweep(parent)
  const parent = hasRoom(memory) ? memory : tmpdir()
  const folder = join(parent, `meshboard-test-${process.pid}-${markOf(process.pid)}`)
  mkdirSync(folder, { mode: 0o755 })
  return folder
}

function sweep(parent) {
  for (const entry of entriesOf(parent)) {
    const [, pid, mark] = name.exec(entry) ?? []
    const path = join(parent, entry)
    if (pid && markOf(pid) !== mark && isMine(path)) rmSync(path, { recursive: true, force: true })
  }
}

function entriesOf(parent) {
  try {
    return readdirSync(parent)
  } catch {
    return [] // no such place on this system
  }
}

function isMine(path) {
  return statSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.()
}

function hasRoom(folder) {
  try {
    return freeMib(folder) >= memoryMibMin
  } catch {
    return false
  }
}

function markOf(pid) {
  return startMark(pid)?.replace(/\W/g, '')
}
