/** A value that must not be seen: it prints as `[redacted]` wherever it ends up. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself, for the one place that needs it. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[redacted]'
  }

  toJSON(): string {
    return '[redacted]'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]'
  }
}

/** What the text of a variable must look like; `secret` is whatever no document may show. */
export type Shape =
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'fraction' | 'text' | 'list' | 'secret' }

/** One environment variable: its name, its meaning, its default as text, and how it is read. */
export interface Variable<T> {
  readonly env: string
  readonly shape: Shape
  /** One line for documents. Units belong into the name. */
  readonly meaning: string
  /** As it stands in documents; absent when the variable must be set. */
  readonly default?: string
  /** The value; throws a `RangeError` that says what it must be. */
  readonly read: (text: string) => T
}

export type ConfigSchema = Readonly<Record<string, Variable<unknown>>>
export type ConfigOf<S extends ConfigSchema> = { readonly [K in keyof S]: ReturnType<S[K]['read']> }

interface Named {
  env: string
  meaning: string
}

const declared = (fallback: unknown): { default?: string } =>
  fallback === undefined ? {} : { default: String(fallback) }

/** A whole number from `min` to `max`. */
export const integer = (
  spec: Named & { default?: number; min: number; max: number },
): Variable<number> => ({
  env: spec.env,
  shape: { kind: 'integer', min: spec.min, max: spec.max },
  meaning: spec.meaning,
  ...declared(spec.default),
  read(text) {
    const value = Number(text)
    if (/^-?\d+$/.test(text) && value >= spec.min && value <= spec.max) return value
    throw new RangeError(`must be a whole number from ${spec.min} to ${spec.max}`)
  },
})

/** A number from 0 to 1. */
export const fraction = (spec: Named & { default?: number }): Variable<number> => ({
  env: spec.env,
  shape: { kind: 'fraction' },
  meaning: spec.meaning,
  ...declared(spec.default),
  read(text) {
    const value = Number(text)
    if (/^\d*\.?\d+$/.test(text) && value <= 1) return value
    throw new RangeError('must be a number from 0 to 1')
  },
})

/** Any text; may be empty only when that is the default. */
export const text = (spec: Named & { default?: string }): Variable<string> => ({
  env: spec.env,
  shape: { kind: 'text' },
  meaning: spec.meaning,
  ...declared(spec.default),
  read: (value) => notEmpty(value, spec.default),
})

const notEmpty = (value: string, fallback: string | undefined): string => {
  if (value !== '' || fallback === '') return value
  throw new RangeError('must not be empty')
}

/** One of a few words. */
export const choice = <const T extends string>(
  spec: Named & { default?: NoInfer<T>; of: readonly T[] },
): Variable<T> => ({
  env: spec.env,
  shape: { kind: 'choice', of: spec.of },
  meaning: spec.meaning,
  ...declared(spec.default),
  read(value) {
    const found = spec.of.find((word) => word === value)
    if (found !== undefined) return found
    throw new RangeError(`must be one of ${spec.of.join(', ')}`)
  },
})

/** A comma-separated list; empty text is the empty list. */
export const list = (spec: Named & { default?: string }): Variable<readonly string[]> => ({
  env: spec.env,
  shape: { kind: 'list' },
  meaning: spec.meaning,
  ...declared(spec.default),
  read: (value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
})

/** A URL of one of the given schemes (`nats:`, `postgres:` …), kept secret since it may hold a password. */
export const url = (
  spec: Named & { default?: string; schemes: readonly string[] },
): Variable<Secret> => ({
  env: spec.env,
  shape: { kind: 'secret' },
  meaning: spec.meaning,
  ...declared(spec.default),
  read(value) {
    if (URL.canParse(value) && spec.schemes.includes(new URL(value).protocol))
      return new Secret(value)
    throw new RangeError(
      `must be a URL beginning with ${spec.schemes.map((s) => `${s}//`).join(' or ')}`,
    )
  },
})

/** One or more URLs, separated by commas, each of one of the given schemes; secret like one. */
export const urls = (
  spec: Named & { default?: string; schemes: readonly string[] },
): Variable<readonly Secret[]> => {
  const one = url(spec)
  return { ...one, read: (value) => value.split(',').map((item) => one.read(item.trim())) }
}

/** A secret text; empty only when that is the default. */
export const secret = (spec: Named & { default?: string }): Variable<Secret> => ({
  env: spec.env,
  shape: { kind: 'secret' },
  meaning: spec.meaning,
  ...declared(spec.default),
  read: (value) => new Secret(notEmpty(value, spec.default)),
})

/** The configuration cannot be used. Its message names every fault, one a line, without any value. */
export class ConfigFailure extends Error {
  constructor(faults: readonly string[]) {
    super(['The configuration cannot be used:', ...faults.map((fault) => `  ${fault}`)].join('\n'))
    this.name = 'ConfigFailure'
  }
}

/** Declares a configuration; gives back what it is given, with its types. */
export const defineConfig = <const S extends ConfigSchema>(schema: S): S => schema

/** Reads a configuration; all faults are reported at once, as a `ConfigFailure`. */
export const readConfig = <S extends ConfigSchema>(schema: S, env: Environment): ConfigOf<S> => {
  const faults: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, variable] of Object.entries(schema)) {
    const given = env[variable.env] ?? variable.default
    if (given === undefined) {
      faults.push(`${variable.env} is not set: ${variable.meaning}`)
      continue
    }
    try {
      values[name] = variable.read(given)
    } catch (error) {
      faults.push(`${variable.env} ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (faults.length > 0) throw new ConfigFailure(faults)
  return values as ConfigOf<S>
}

/** Where configuration comes from: variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The environment of this process; the only place that reads it. */
export const processEnvironment = (): Environment => process.env
