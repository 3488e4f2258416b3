type Fields = Record<string, unknown>

const SECRET: ReadonlySet<string> = new Set([
  ...['token', 'access_token', 'refresh_token', 'authorization', 'cookie', 'api_key', 'secret'],
  ...['password', 'signature', 'challenge', 'nonce', 'private_key'],
])
const DEPTH_MAX = 2

/**
 * The fields of a line with `[redacted]` for what is secret by its name, in them and in the objects
 * they hold. Those without any come back as they are.
 */
export const withoutSecrets = (fields: Fields, depthMax = DEPTH_MAX): Fields => {
  let clean = fields
  for (const [name, value] of Object.entries(fields)) {
    const shown = shownAs(name, value, depthMax)
    if (shown === value) continue
    if (clean === fields) clean = { ...fields }
    clean[name] = shown
  }
  return clean
}

const shownAs = (name: string, value: unknown, depthMax: number): unknown => {
  if (value !== undefined && SECRET.has(name)) return '[redacted]'
  return depthMax > 1 && isPlain(value) ? withoutSecrets(value, depthMax - 1) : value
}

/** Others, errors first of all, have a serializer of their own. */
const isPlain = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
