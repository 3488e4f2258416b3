import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { linkKey, openKey } from './key-file.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-'))
  path = join(folder, 'keys', 'ann.key')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777

test('a missing key is made, for its owner only, and is there the next time', async () => {
  const made = await openKey(path, { make: true })
  expect(made.created).toBe(true)
  expect(await modeOf(path)).toBe(0o600)
  expect(await modeOf(join(path, '..'))).toBe(0o700)
  const loaded = await openKey(path, { make: true })
  expect(loaded.created).toBe(false)
  expect(loaded.key.publicKey).toBe(made.key.publicKey)
})

test('a missing key that is not to be made is said with its path', async () => {
  const opening = openKey(path, { make: false })
  await expect(opening).rejects.toMatchObject({ code: 'not_found' })
  await expect(opening).rejects.toThrow(path)
})

test('a file that is no key is refused and left as it is', async () => {
  await openKey(path, { make: true })
  await writeFile(path, 'my shopping list')
  await expect(openKey(path, { make: true })).rejects.toThrow('expected 64 hex digits')
  expect(await readFile(path, 'utf8')).toBe('my shopping list')
})

test('the first key that is linked stays the default', async () => {
  const { key } = await openKey(path, { make: true })
  const byDefault = join(path, '..', 'default.key')
  await linkKey(byDefault, path)
  await openKey(join(path, '..', 'bob.key'), { make: true })
  await linkKey(byDefault, join(path, '..', 'bob.key'))
  expect((await openKey(byDefault, { make: false })).key.publicKey).toBe(key.publicKey)
})
