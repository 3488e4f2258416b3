import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emailHash } from './domain/email-hash.ts'
import { readPeppers } from './peppers.ts'
import { type SigningKeys, readSigningKeys } from './signing-keys.ts'

let folder: string
let keys: SigningKeys
const write = async (name: string, content: string | Buffer, mode = 0o600) => {
  const file = join(folder, name)
  await writeFile(file, content, { mode })
  return file
}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshboard-auth-pepper-'))
  const pem = () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
  keys = await readSigningKeys([await write('1.pem', pem()), await write('2.pem', pem())])
})
afterAll(() => rm(folder, { recursive: true }))

test('without a file the signing keys stand in, each with one of its own', async () => {
  const [first, second, ...others] = await readPeppers('', keys)
  expect(others).toEqual([])
  expect(first.equals(keys[0].pepper)).toBe(true)
  expect(first.equals(second ?? first)).toBe(false)
  expect(first.equals(keys[0].challengeSecret)).toBe(false)
})

test('a file comes first, and what the keys made is known still', async () => {
  const file = await write('pepper', `${'p'.repeat(32)}\n`)
  const [first, ...others] = await readPeppers(file, keys)
  expect(first.export()).toEqual(Buffer.from('p'.repeat(32)))
  expect(others).toHaveLength(2)
})

test('a short file and one that others may read are refused, without their content', async () => {
  const short = await write('short', `${'p'.repeat(31)}\n`)
  await expect(readPeppers(short, keys)).rejects.toThrow(
    new Error(`AUTH_PEPPER_FILE: ${short} has fewer than 32 characters`),
  )
  const open = await write('open', 'p'.repeat(32), 0o644)
  await expect(readPeppers(open, keys)).rejects.toThrow(
    `AUTH_PEPPER_FILE: ${open} is open to others; run "chmod 600 ${open}"`,
  )
})

test('an address has one hash in whatever case, and another one under another pepper', async () => {
  const [first, second = first] = await readPeppers('', keys)
  const hash = emailHash(first, 'Ann@Example.org')
  expect(emailHash(first, 'ANN@example.ORG')).toEqual(hash)
  expect(emailHash(first, 'anne@example.org')).not.toEqual(hash)
  expect(emailHash(second, 'ann@example.org')).not.toEqual(hash)
})
