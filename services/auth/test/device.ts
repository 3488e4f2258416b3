import { generateKeyPairSync, sign } from 'node:crypto'
import {
  type InputOf,
  type OutputOf,
  type SigningPurpose,
  auth,
  challengeMessage,
  signedTimeMessage,
} from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import type { TestMesh } from '@meshboard/testkit'

/** What has a key and can prove it. */
export interface Device {
  readonly publicKey: string
  /** In hex. */
  readonly sign: (message: Uint8Array) => string
}

export const createDevice = (): Device => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { x = '' } = privateKey.export({ format: 'jwk' })
  return {
    publicKey: Buffer.from(x, 'base64url').toString('hex'),
    sign: (message) => sign(null, message, privateKey).toString('hex'),
  }
}

/** A name nobody has yet. */
export const aName = (): string => `u${newId('user').slice(-24)}`

export const answer = (
  device: Device,
  given: OutputOf<typeof auth.procedures.challenge>,
  purpose: SigningPurpose,
) => {
  const { publicKey } = device
  const { audience, challenge } = given
  const serverEpochMs = Date.parse(given.now)
  const message = challengeMessage({ audience, purpose, publicKey, challenge, serverEpochMs })
  return { public_key: publicKey, challenge, signature: device.sign(message) }
}

/** Asks for a challenge and signs it. */
export const prove = async (
  mesh: TestMesh,
  { device, purpose }: { device: Device; purpose: SigningPurpose },
) => {
  const asked = { public_key: device.publicKey, purpose }
  return answer(device, await mesh.call(auth.procedures.challenge, asked), purpose)
}

export const register = async (mesh: TestMesh, device: Device, username = aName()) =>
  mesh.call(auth.procedures.register, {
    username,
    ...(await prove(mesh, { device, purpose: 'register' })),
  })

type OpenSession = InputOf<typeof auth.procedures.openSession>

/** A login in one step, as a plain door passes it on. */
export const signedTime = (
  device: Device,
  { nonce, skewSeconds = 0 }: { nonce: string; skewSeconds?: number },
): OpenSession => {
  const timestamp = Math.floor(Date.now() / 1000) + skewSeconds
  const signature = device.sign(signedTimeMessage(timestamp, nonce))
  return {
    public_key: device.publicKey,
    proof: { kind: 'signed_time', timestamp, nonce, signature },
  }
}
