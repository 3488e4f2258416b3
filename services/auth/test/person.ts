import { type InputOf, type OutputOf, auth } from '@meshboard/contracts'
import type { TestMesh, TestUser } from '@meshboard/testkit'
import { aName } from './device.ts'

type Session = Pick<OutputOf<typeof auth.procedures.verify>, 'user_id' | 'session_id'> & {
  access_token: string
}

export const PASSWORD = 'seven-green-boats'

/** Somebody with an address, a password and no key; `more` is put into the registration. */
export const registerByPassword = async (
  mesh: TestMesh,
  { email, ...more }: Partial<InputOf<typeof auth.procedures.register>> = {},
) => {
  const username = aName()
  const given = { email: email ?? `${username}@example.org`, password: PASSWORD }
  const made = await mesh.call(auth.procedures.register, { username, ...given, ...more })
  return { ...made, email: given.email }
}

/** Whom a session's token proves. */
export const asCaller = ({ user_id, session_id, access_token }: Session): TestUser => ({
  userId: user_id,
  sessionId: session_id,
  token: access_token,
})

/** What renews it. */
export const refreshTokenOf = ({
  refresh_token,
}: {
  refresh_token?: string | undefined
}): string => {
  if (refresh_token === undefined) throw new Error('the session has no refresh token')
  return refresh_token
}
