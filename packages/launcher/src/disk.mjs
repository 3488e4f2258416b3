import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'

import { StartFailure } from './start-failure.mjs'

const mib = 1024 * 1024

/** The free space in MiB where a folder is, or would be made. */
export function freeMib(folder) {
  const { bavail, bsize } = statfsSync(nearestExisting(folder))
  return Math.floor((bavail * bsize) / mib)
}

/** What a start wants free, in MiB: MESH_DISK_FREE_MIN_MIB, else 512. */
export function freeMibMin(env) {
  return Number(env.MESH_DISK_FREE_MIN_MIB || 512)
}

/** Fails (StartFailure) if less than the floor is free for the mesh's data. */
export function checkDisk({ home, env }) {
  const free = freeMib(home)
  const floor = freeMibMin(env)
  if (free < floor) throw diskFailure(home, `${free} MiB are free, ${floor} MiB are needed`)
}

/**
 * The failure for an error that means a full disk, whoever met it first; undefined for any other
 * error.
 */
export function asDiskFailure(error, folder) {
  const text = `${error?.code} ${error?.message} ${error?.tail ?? ''}`
  const full = /ENOSPC|EDQUOT|No space left on device|disk quota exceeded/i.test(text)
  return full ? diskFailure(folder, 'a write failed for want of space') : undefined
}

function diskFailure(folder, reason) {
  return new StartFailure(
    `the disk that holds ${folder} is full: ${reason}. Free some space, or set MESH_HOME to a folder on another disk.`,
  )
}

function nearestExisting(folder) {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder))
}
