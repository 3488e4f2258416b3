import type { InputOf, auth } from '@meshboard/contracts'
import { normalEmail } from './email-hash.ts'
import { passwordFaults, wordsOf } from './password-rules.ts'
import type { Answer } from './proofs.ts'

type Input = InputOf<typeof auth.procedures.register>

/** Sentences by field name. */
export type Fields = Record<string, string[]>

/** A new account as it was asked for: with an address and a password, or a key, or both. */
export interface Registration {
  readonly username: string
  readonly referralCode: string | undefined
  readonly login?: { readonly email: string; readonly password: string }
  readonly key?: Answer & { readonly label: string | undefined }
}

/** What was asked for, or what is wrong with it. */
export const registrationOf = (input: Input): Registration | { fields: Fields } => {
  const { username, referral_code: referralCode } = input
  const [login, key] = [loginOf(input), keyOf(input)]
  const fields = { ...faultsOf(login), ...faultsOf(key) }
  if (Object.keys(fields).length > 0) return { fields }
  if (!login && !key) return { fields: NOTHING_TO_SIGN_IN_WITH }
  return {
    username,
    referralCode,
    ...(login && !('fields' in login) && { login }),
    ...(key && !('fields' in key) && { key }),
  }
}

const NOTHING_TO_SIGN_IN_WITH = {
  email: ['Give email and password, or public_key, challenge and signature.'],
}

type Part<T> = T | { fields: Fields } | undefined

const faultsOf = (part: Part<object>): Fields => (part && 'fields' in part ? part.fields : {})

const loginOf = ({
  username,
  email,
  password,
}: Input): Part<{ email: string; password: string }> => {
  if (email === undefined && password === undefined) return undefined
  if (email === undefined) return { fields: { email: ['Goes with password.'] } }
  if (password === undefined) return { fields: { password: ['Goes with email.'] } }
  const typed = password.normalize('NFC')
  const faults = passwordFaults(typed, wordsOf({ username, email }))
  if (faults.length > 0) return { fields: { password: faults } }
  return { email: normalEmail(email), password: typed }
}

const keyOf = (input: Input): Part<Answer & { label: string | undefined }> => {
  const { public_key, challenge, signature, label } = input
  if (public_key !== undefined && challenge !== undefined && signature !== undefined)
    return { public_key, challenge, signature, label }
  const parts = { public_key, challenge, signature }
  if (label === undefined && Object.values(parts).every((part) => part === undefined))
    return undefined
  const missing = Object.entries(parts).filter(([, part]) => part === undefined)
  return { fields: Object.fromEntries(missing.map(([name]) => [name, [PARTS_OF_A_KEY]])) }
}

const PARTS_OF_A_KEY = 'public_key, challenge and signature go together.'
