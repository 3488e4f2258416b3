import { generateKeyPairSync } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSigningKeys } from './signing-keys.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshboard-auth-keys-'))
})
afterAll(() => rm(folder, { recursive: true }))

const pem = { type: 'pkcs8', format: 'pem' } as const
const anEd25519 = () => generateKeyPairSync('ed25519').privateKey.export(pem)

const write = async (name: string, { content = anEd25519(), mode = 0o600 } = {}) => {
  const file = join(folder, name)
  await writeFile(file, content)
  await chmod(file, mode)
  return file
}

test('keys are read in their order, each with a secret of its own that a restart gives again', async () => {
  const files = [await write('first.pem'), await write('second.pem', { mode: 0o400 })]
  const [first, second] = await readSigningKeys(files)
  const [again] = await readSigningKeys(files.toReversed())
  expect(second?.publicJwk).toEqual(again.publicJwk)
  expect(second?.challengeSecret.equals(again.challengeSecret)).toBe(true)
  expect(first.challengeSecret.equals(again.challengeSecret)).toBe(false)
  expect(first.publicJwk.kid).not.toBe(again.publicJwk.kid)
})

test('no key at all is refused', async () => {
  await expect(readSigningKeys([])).rejects.toThrow('AUTH_SIGNING_KEY_FILES names no file')
})

test.each([0o640, 0o604, 0o620, 0o644])('a file of mode %o is refused', async (mode) => {
  const file = await write(`open-${mode}.pem`, { mode })
  await expect(readSigningKeys([file])).rejects.toThrow(
    `AUTH_SIGNING_KEY_FILES: ${file} is open to others; run "chmod 600 ${file}"`,
  )
})

test('a file that is not there is refused with its reason', async () => {
  const file = join(folder, 'nowhere.pem')
  await expect(readSigningKeys([file])).rejects.toThrow(
    `AUTH_SIGNING_KEY_FILES: ${file} cannot be read: ENOENT`,
  )
})

test.each([
  ['text', 'no key at all'],
  [
    'a public key',
    generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }),
  ],
  [
    'a key of another kind',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pem),
  ],
])('%s is refused, without its content', async (title, content) => {
  const file = await write(title, { content })
  await expect(readSigningKeys([file])).rejects.toThrow(
    new Error(`AUTH_SIGNING_KEY_FILES: ${file} is not a private ed25519 key (PKCS8, PEM)`),
  )
})
