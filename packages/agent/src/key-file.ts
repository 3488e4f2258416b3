import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { generateKey, type Key, keyFromSeed } from '@meshboard/client'
import { failure } from '@meshboard/contracts'

/** A device's key, and whether it was made just now. */
export interface DeviceKey {
  readonly key: Key
  readonly created: boolean
}

/**
 * The key in a file of 64 hex digits. With `make` a missing one is made, readable for its owner
 * only. Fails `invalid` for other content and `not_found` for a missing file, each with the path.
 */
export const openKey = async (path: string, { make }: { make: boolean }): Promise<DeviceKey> => {
  const seed = await readSeed(path)
  if (seed !== undefined) return { key: await parse(seed, path), created: false }
  if (make) return { key: await makeKey(path), created: true }
  throw failure('not_found', {
    message: `There is no key at ${path}; start once with --register <handle> to make one.`,
  })
}

/** Makes `path` stand for the key at `target`, which lies beside it, unless there is a file already. */
export const linkKey = async (path: string, target: string): Promise<void> => {
  await symlink(basename(target), path).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error
  })
}

const readSeed = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw failure('invalid', { message: `The key at ${path} cannot be read: ${wordsOf(error)}.` })
  })

const parse = (text: string, path: string): Promise<Key> =>
  keyFromSeed(text.trim()).catch(() => {
    throw failure('invalid', {
      message: `The file ${path} is no key: expected 64 hex digits. Name another with --key.`,
    })
  })

const makeKey = async (path: string): Promise<Key> => {
  const { key, seed } = await generateKey()
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(path, `${seed}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    throw failure('invalid', { message: `No key can be made at ${path}: ${wordsOf(error)}.` })
  }
  return key
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
