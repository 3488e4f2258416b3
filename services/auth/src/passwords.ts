import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import {
  type HashCost,
  type PasswordHash,
  SALT_BYTES,
  TAG_BYTES,
  isOutdated,
  readPhc,
  toPhc,
} from './domain/password-hash.ts'
import type { HashingQueue } from './hashing-queue.ts'

/** `outdated` is right, too, but was made with less than a new one would be. */
export type Verdict = 'wrong' | 'right' | 'outdated'

/** Hashes passwords and knows them again; a few at a time, since each takes much memory. */
export interface Passwords {
  hash(password: string, signal: AbortSignal): Promise<string>
  /** Takes as long for an account that has no password, or is none, and is `wrong` then. */
  verify(given: { password: string; stored: string | null }, signal: AbortSignal): Promise<Verdict>
}

export const createPasswords = (cost: HashCost, queue: HashingQueue): Passwords => {
  const nobodys: PasswordHash = {
    ...cost,
    salt: randomBytes(SALT_BYTES),
    tag: Buffer.alloc(TAG_BYTES),
  }
  return {
    async hash(password, signal) {
      const salt = randomBytes(SALT_BYTES)
      const tag = await queue.run(() => tagOf(password, { ...cost, salt }), signal)
      return toPhc({ ...cost, salt, tag })
    },

    async verify({ password, stored }, signal) {
      const known = stored === null ? undefined : readPhc(stored)
      const hash = known ?? nobodys
      const tag = await queue.run(() => tagOf(password, hash), signal)
      if (!known || !timingSafeEqual(tag, hash.tag)) return 'wrong'
      return isOutdated(hash, cost) ? 'outdated' : 'right'
    },
  }
}

const argon2id = promisify(argon2)

const tagOf = (
  password: string,
  { memory, passes, salt }: Omit<PasswordHash, 'tag'>,
): Promise<Buffer> =>
  argon2id('argon2id', {
    message: password,
    nonce: salt,
    memory,
    passes,
    parallelism: 1,
    tagLength: TAG_BYTES,
  })
