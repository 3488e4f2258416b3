import type { Broker } from '@meshboard/kit'

const METHODS = [
  'request',
  'publish',
  'store',
  'serve',
  'subscribe',
  'newestStored',
  'readStored',
] as const

/** Every subject, stream and header value that goes to the broker from now on. */
export const watchSubjects = (broker: Broker): Set<string> => {
  const seen = new Set<string>()
  for (const name of METHODS) {
    const method = broker[name].bind(broker) as (...args: unknown[]) => unknown
    const watched = (...args: unknown[]) => {
      for (const text of textsIn(args)) seen.add(text)
      return method(...args)
    }
    Object.assign(broker, { [name]: watched })
  }
  return seen
}

/** The texts given directly, and those in `headers`. */
const textsIn = (args: readonly unknown[]): string[] =>
  args.flat().flatMap((arg) => {
    if (typeof arg === 'string') return [arg]
    if (typeof arg !== 'object' || arg === null || arg instanceof Uint8Array) return []
    const headers = 'headers' in arg ? arg.headers : arg
    return Object.entries(headers ?? {})
      .flat()
      .filter((value) => typeof value === 'string')
  })
