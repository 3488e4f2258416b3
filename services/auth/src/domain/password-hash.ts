/** What argon2id is told, besides one lane. */
export interface HashCost {
  /** KiB. */
  readonly memory: number
  readonly passes: number
}

/** A stored password that argon2id (RFC 9106) has made. */
export interface PasswordHash extends HashCost {
  readonly salt: Buffer
  readonly tag: Buffer
}

export const SALT_BYTES = 16
export const TAG_BYTES = 32

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=1\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/

/** In the PHC string format. */
export const toPhc = ({ memory, passes, salt, tag }: PasswordHash): string =>
  `$argon2id$v=19$m=${memory},t=${passes},p=1$${unpadded(salt)}$${unpadded(tag)}`

/** What was stored, if it was argon2id. */
export const readPhc = (text: string): PasswordHash | undefined => {
  const [, memory, passes, salt = '', tag = ''] = PHC.exec(text) ?? []
  if (memory === undefined) return undefined
  return {
    memory: Number(memory),
    passes: Number(passes),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

/** Whether a hash is weaker than one made now. */
export const isOutdated = (hash: HashCost, cost: HashCost): boolean =>
  hash.memory < cost.memory || hash.passes < cost.passes

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')
