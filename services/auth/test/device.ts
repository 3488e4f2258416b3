import { generateKeyPairSync, sign } from 'node:crypto'
import {
  type InputOf,
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

/** Asks for a challenge and signs it. */
export const prove = async (
  mesh: TestMesh,
  { device, purpose }: { device: Device; purpose: SigningPurpose },
) => {
  const { publicKey } = device
  const asked = { public_key: publicKey, purpose }
  const { audience, challenge, now } = await mesh.call(auth.procedures.challenge, asked)
  const told = { audience, purpose, publicKey, challenge, serverEpochMs: Date.parse(now) }
  return { public_key: publicKey, challenge, signature: device.sign(challengeMessage(told)) }
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
