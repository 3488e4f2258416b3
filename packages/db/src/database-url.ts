import { type Secret, type Variable, readCertificates, url } from '@meshboard/kit'

/** Whether the server must prove who it is; the other modes of libpq encrypt for anybody who answers. */
const MODES: readonly (string | null)[] = [null, 'disable', 'verify-full']

/**
 * `DATABASE_URL`. A mode that believes whoever answers is refused, and a file of certificates that
 * cannot be used is told by name.
 */
export const databaseUrl = (meaning: string): Variable<Secret> => {
  const address = url({
    env: 'DATABASE_URL',
    meaning,
    schemes: ['postgres:', 'postgresql:'],
  })
  return {
    ...address,
    read(text) {
      const found = address.read(text)
      refuseUnproven(new URL(text).searchParams)
      return found
    },
  }
}

const refuseUnproven = (parameters: URLSearchParams): void => {
  const mode = parameters.get('sslmode')
  const isLax = !MODES.includes(mode) || parameters.get('ssl') === 'no-verify'
  if (isLax)
    throw new RangeError(
      `has sslmode=${mode ?? 'no-verify'}, which does not check who answers: use sslmode=verify-full with sslrootcert=<PEM file>`,
    )
  const file = parameters.get('sslrootcert')
  if (file !== null) readCertificates(file)
}
