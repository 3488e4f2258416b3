import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  ACCESS_TOKEN,
  AUDIENCE,
  type auth,
  challengeMessage,
  signedTimeMessage,
} from '@meshboard/contracts'
import { type CallContext, newId } from '@meshboard/kit'

/** A key pair of a client, and the user behind it. */
export class TestKey {
  readonly #pair = generateKeyPairSync('ed25519')
  readonly publicKey = this.#pair.publicKey
    .export({ format: 'der', type: 'spki' })
    .subarray(-32)
    .toString('hex')

  sign(message: Uint8Array): string {
    return sign(null, message, this.#pair.privateKey).toString('hex')
  }

  signChallenge(welcome: { challenge?: string; now?: string }): { signature: string } {
    const signed = {
      audience: AUDIENCE,
      purpose: 'login',
      publicKey: this.publicKey,
      challenge: welcome.challenge ?? '',
      serverEpochMs: Date.parse(welcome.now ?? ''),
    } as const
    return { signature: this.sign(challengeMessage(signed)) }
  }

  signTime(timestamp: number, nonce: string): string {
    return this.sign(signedTimeMessage(timestamp, nonce))
  }
}

const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/** What stands in for auth: who has which key; real signatures, real tokens, no database. */
export class TestAuth {
  readonly #keys = generateKeyPairSync('ed25519')
  readonly users = new Map<string, string>()
  readonly sessions: { session_id: string; renewed: boolean; address?: string }[] = []
  /** The sessions that have been ended. */
  readonly revoked = new Set<string>()
  tokenSeconds = 300
  /** How long a login takes to be judged, milliseconds. */
  delayMs = 0
  /** Set: every login fails with it. */
  failing: Error | undefined

  /** Registers a new user's key. */
  enroll(): { key: TestKey; userId: string } {
    const key = new TestKey()
    const userId = newId('user')
    this.users.set(key.publicKey, userId)
    return { key, userId }
  }

  get jwk() {
    const { x = '' } = this.#keys.publicKey.export({ format: 'jwk' })
    return { kty: 'OKP', crv: 'Ed25519', x, kid: 'k1', alg: 'EdDSA', use: 'sig' } as const
  }

  token(
    userId: string,
    { sessionId = newId('session'), seconds = this.tokenSeconds, roles = ['user'] } = {},
  ): string {
    const now = Math.floor(Date.now() / 1000)
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const head = part({ alg: 'EdDSA', typ: ACCESS_TOKEN.type, kid: 'k1' })
    const body = part({
      iss: ACCESS_TOKEN.issuer,
      aud: ACCESS_TOKEN.audience,
      sub: userId,
      sid: sessionId,
      roles,
      jti: newId('event'),
      iat: now,
      exp: now + seconds,
    })
    const signature = sign(null, Buffer.from(`${head}.${body}`), this.#keys.privateKey)
    return `${head}.${body}.${signature.toString('base64url')}`
  }

  async open({ input, fail }: CallContext<typeof auth.procedures.openSession>) {
    await sleep(this.delayMs)
    if (this.failing) throw this.failing
    const { public_key: publicKey, proof } = input
    const key = createPublicKey({
      key: Buffer.concat([SPKI, Buffer.from(publicKey, 'hex')]),
      format: 'der',
      type: 'spki',
    })
    const message =
      proof.kind === 'challenge'
        ? challengeMessage({
            audience: AUDIENCE,
            purpose: 'login',
            publicKey,
            challenge: proof.challenge,
            serverEpochMs: proof.server_epoch_ms,
          })
        : signedTimeMessage(proof.timestamp, proof.nonce)
    if (!verify(null, message, key, Buffer.from(proof.signature, 'hex'))) fail('invalid_signature')
    const userId = this.users.get(publicKey) ?? fail('unknown_key')
    const sessionId = input.session_id ?? newId('session')
    this.sessions.push({
      session_id: sessionId,
      renewed: input.session_id !== undefined,
      ...(input.address !== undefined && { address: input.address }),
    })
    return {
      user_id: userId,
      session_id: sessionId,
      access_token: this.token(userId, { sessionId }),
      expires_at: new Date(Date.now() + this.tokenSeconds * 1000).toISOString(),
    }
  }
}
