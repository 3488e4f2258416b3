const MAJOR = /^v([2-9]|[1-9]\d+)\.(.+)$/
const SERVICE = /^[a-z][a-z0-9-]{0,63}$/
const LOCAL = /^(?!v\d+$)[A-Za-z][A-Za-z0-9_-]{0,63}$/

/** The service a declaration belongs to: the part before the first dot. */
export const serviceOf = (name: string): string => name.slice(0, name.indexOf('.'))

/** The declaration's name within its service, with its major if that is not 1: `v2.getSummary`. */
export const localName = (name: string): string => name.slice(name.indexOf('.') + 1)

/** The major version of a declaration by its full name: 1 unless a `v<N>.` stands in it. */
export const majorOf = (name: string): number => Number(MAJOR.exec(localName(name))?.[1] ?? 1)

/**
 * Whether two full names mean one thing in two majors: `earnings.credited` and
 * `earnings.v2.credited`. Who reads the one cannot read the other, and must not pass it over.
 */
export const sameEventOtherMajor = (one: string, other: string): boolean =>
  majorOf(one) !== majorOf(other) && ageless(one) === ageless(other)

/**
 * Whether it can name a declaration: `<service>.<name>`, from major 2 on `<service>.v2.<name>`. No
 * name looks like a major itself.
 */
export const isDeclarationName = (name: string): boolean =>
  SERVICE.test(serviceOf(name)) && LOCAL.test(withoutMajor(localName(name)))

const withoutMajor = (local: string): string => MAJOR.exec(local)?.[2] ?? local

const ageless = (name: string): string => `${serviceOf(name)}.${withoutMajor(localName(name))}`
