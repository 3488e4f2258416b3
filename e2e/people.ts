import { type OutputOf, type Procedure, auth } from '@meshboard/contracts'
import { overRest } from './rest.ts'
import type { Up } from './up.ts'

/** Somebody who signed up by e-mail address and password. */
export interface Person {
  readonly token: string
  readonly refreshToken: string
  readonly email: string
  readonly password: string
}

/** Signs up at the gateway, as a person would. */
export const signUp = async (up: Up, username: string): Promise<Person> => {
  const email = `${username}@example.org`
  const password = `correct horse ${username} staple`
  const session = await overRest(up, auth.procedures.register, {
    input: { username, email, password },
  })
  return { token: session.access_token, refreshToken: session.refresh_token ?? '', email, password }
}

/** The status and body of a request that is refused; throws when it is not. */
export const refusedOverRest = async <P extends Procedure>(
  ...args: Parameters<typeof overRest<P>>
): Promise<string> => {
  const answer: OutputOf<P> | Error = await overRest(...args).catch((error: Error) => error)
  if (answer instanceof Error) return answer.message
  throw new Error(`${args[1].name} was expected to be refused`)
}
