/** A user's code, as it is handed around. */
export interface Code {
  readonly userId: string
  /** In upper case: case does not count. */
  readonly code: string
}

/** Nothing that is read as something else: no 0, 1, I, L and O. */
export const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const SIGNS = 4
const PREFIX_MAX = 12
const NAMELESS = 'MESH'

/** A code for a user of that name, or of none known; `draw(n)` gives a random number below n. */
export const codeFor = (username: string | undefined, draw: (below: number) => number): string => {
  const prefix = username
    ?.toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
    .slice(0, PREFIX_MAX)
  const signs = Array.from({ length: SIGNS }, () => ALPHABET.charAt(draw(ALPHABET.length)))
  return `${prefix || NAMELESS}-${signs.join('')}`
}

/** A code as it is kept. */
export const toKept = (code: string): string => code.toUpperCase()
