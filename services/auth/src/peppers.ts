import { type KeyObject, createSecretKey } from 'node:crypto'
import { fileFault, readPrivately } from './private-file.ts'
import type { SigningKeys } from './signing-keys.ts'

/** The first is used; what was made under any of them is known again. */
export type Peppers = readonly [KeyObject, ...KeyObject[]]

const CHARACTERS_MIN = 32

/**
 * What e-mail addresses and refresh tokens are hashed with: the file's content, and what the signing
 * keys stand in with. Throws one clear line for a file that is no good.
 */
export const readPeppers = async (file: string, keys: SigningKeys): Promise<Peppers> => {
  const [{ pepper: derived }, ...others] = keys
  const standIns = [derived, ...others.map(({ pepper }) => pepper)] as const
  if (file === '') return standIns
  const named = { file, variable: 'AUTH_PEPPER_FILE' }
  const content = (await readPrivately(named)).trim()
  if (content.length < CHARACTERS_MIN)
    throw fileFault(named, `has fewer than ${CHARACTERS_MIN} characters`)
  return [createSecretKey(content, 'utf8'), ...standIns]
}
