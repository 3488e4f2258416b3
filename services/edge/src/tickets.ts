import {
  type KeyObject,
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from 'node:crypto'
import { failure } from '@meshboard/contracts'
import type { Login } from './login.ts'

/** A sealed login, and until when it opens: milliseconds since 1970. */
export interface Issued {
  readonly ticket: string
  readonly expiresAt: number
}

const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * Logins sealed so that only an edge opens them (AES-256-GCM): with one, a client comes back to any
 * edge that has the same secret and nobody asks auth. It holds the access token, so it opens no
 * longer than that is good, and whoever has it may do what the token allows.
 */
export class Tickets {
  /** As bytes it would be looked over for each ticket, for ten times what the cipher costs. */
  readonly #key: KeyObject
  readonly #lifeMs: number

  constructor({ secret, lifeMs }: { secret: string; lifeMs: number }) {
    const key = hkdfSync('sha256', secret || randomBytes(32), '', 'meshboard edge tickets', 32)
    this.#key = createSecretKey(Buffer.from(key))
    this.#lifeMs = lifeMs
  }

  /** A ticket for who is signed in on that socket; who comes with it takes the socket's place. */
  issue({ token, expiresAt, byKey }: Login, socketId: string): Issued {
    const endsAt = Math.min(expiresAt, Date.now() + this.#lifeMs)
    return {
      ticket: this.#seal(JSON.stringify({ token, byKey, replaces: socketId, endsAt })),
      expiresAt: endsAt,
    }
  }

  /** What a ticket holds; the token is still to be verified. Fails `session_expired`, `auth_failed`. */
  open(ticket: string): Pick<Login, 'token' | 'byKey' | 'replaces'> {
    const { endsAt, ...opened } = JSON.parse(this.#unseal(ticket)) as {
      token: string
      byKey: boolean
      replaces: string
      endsAt: number
    }
    if (endsAt <= Date.now()) throw failure('session_expired')
    return opened
  }

  #seal(text: string): string {
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv(CIPHER, this.#key, iv)
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
  }

  #unseal(ticket: string): string {
    const bytes = Buffer.from(ticket, 'base64url')
    const [iv, tag] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)]
    try {
      const decipher = createDecipheriv(CIPHER, this.#key, iv, { authTagLength: TAG_BYTES })
      decipher.setAuthTag(tag)
      const sealed = bytes.subarray(IV_BYTES + TAG_BYTES)
      return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8')
    } catch {
      throw failure('auth_failed')
    }
  }
}
