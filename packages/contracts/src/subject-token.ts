import { failure } from './failure.ts'

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/

/** A value that may stand between two dots of a subject. Fails `invalid`, naming `field`. */
export const subjectToken = (value: string, field = 'id'): string => {
  if (TOKEN.test(value)) return value
  throw failure('invalid', { fields: { [field]: ['Use 1 to 64 letters, digits, "-" or "_".'] } })
}
