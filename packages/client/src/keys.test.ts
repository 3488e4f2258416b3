// Goal: a key is what RFC 8032 says, and keeps its secret.
// Method: the vectors of the RFC.
import { verifyAsync, etc } from '@noble/ed25519'
import { expect, test } from 'vitest'
import { generateKey, keyFromSeed } from './keys.ts'

// RFC 8032 §7.1, test 1.
const VECTOR = {
  seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  signature:
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
    '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
}

test('a seed gives the key and the signature of RFC 8032', async () => {
  const key = await keyFromSeed(VECTOR.seed)
  expect(key.publicKey).toBe(VECTOR.publicKey)
  expect(await key.sign(new Uint8Array())).toBe(VECTOR.signature)
})

test('a new key comes back from its seed and its signatures verify', async () => {
  const { key, seed } = await generateKey()
  const again = await keyFromSeed(seed)
  expect(again.publicKey).toBe(key.publicKey)
  const message = new TextEncoder().encode('hello')
  const [signature, publicKey] = [await again.sign(message), key.publicKey].map(etc.hexToBytes)
  expect(await verifyAsync(signature!, message, publicKey!, { zip215: false })).toBe(true)
})

test('what is no seed is refused', async () => {
  await expect(keyFromSeed('abc')).rejects.toMatchObject({ code: 'invalid' })
})

test('a key shown in a log does not show its secret', async () => {
  const key = await keyFromSeed(VECTOR.seed)
  expect(JSON.stringify(key)).not.toContain(VECTOR.seed)
})
