// Goal: the SDK signs what the vectors of the protocol page say.
// Method: the vectors' key, given to the SDK as an application gives it.
import { readFileSync } from 'node:fs'
import { challengeMessage, signedTimeMessage } from '@meshboard/contracts'
import { expect, test } from 'vitest'
import { keyFromSeed } from './keys.ts'
import { toSettings } from './options.ts'
import { signIn } from './sign-in.ts'

const { key, challenge, signed_time } = JSON.parse(
  readFileSync(new URL('../../../docs/protocol-vectors.json', import.meta.url), 'utf8'),
) as {
  key: { seed: string; public_key: string }
  challenge: [{ audience: string; challenge: string; now: string; signature: string }]
  signed_time: [{ timestamp: number; nonce: string; message_hex: string; signature: string }]
}

test('the frame that signs in is that of the vector', async () => {
  const [{ audience, challenge: value, now, signature }] = challenge
  const credentials = { key: await keyFromSeed(key.seed) }
  const settings = toSettings({ url: 'ws://localhost/ws/v1', credentials, audience })
  expect(await signIn(settings, { challenge: value, now })).toEqual({
    type: 'auth',
    public_key: key.public_key,
    signature,
  })
})

test('a key signs a time for the plain doors as the vector says', async () => {
  const [{ timestamp, nonce, signature }] = signed_time
  const { sign } = await keyFromSeed(key.seed)
  expect(await sign(signedTimeMessage(timestamp, nonce))).toBe(signature)
})

test('a signature for another purpose is another', async () => {
  const [{ audience, challenge: value, now, signature }] = challenge
  const { publicKey, sign } = await keyFromSeed(key.seed)
  const signed = { audience, publicKey, challenge: value, serverEpochMs: Date.parse(now) }
  expect(await sign(challengeMessage({ ...signed, purpose: 'login' }))).toBe(signature)
  expect(await sign(challengeMessage({ ...signed, purpose: 'register' }))).not.toBe(signature)
})
