import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const systemFolders = ['/usr/sbin', '/usr/local/sbin']

/**
 * The full path of a program on the PATH or in the system folders a plain user's PATH lacks;
 * undefined if none.
 */
export function findExecutable(name, env) {
  const folders = [...(env.PATH ?? '').split(delimiter), ...systemFolders].filter(Boolean)
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

/** Whether the path is a file this user may run. */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
