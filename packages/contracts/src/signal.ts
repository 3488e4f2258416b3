import type { z } from 'zod'
import type { Deprecable } from './deprecation.ts'

/**
 * Something that only matters now: heard by who listens at that moment, at most once, stored nowhere.
 * Whose it is stands in its subject and not in its data: who says it names the key.
 */
export interface Signal<
  Name extends string = string,
  Data extends z.ZodType = z.ZodType,
> extends Deprecable {
  /** `<service>.<past participle>`. */
  readonly name: Name
  readonly summary: string
  readonly data: Data
  /** Fields of the data that travel as headers too, so that a client can filter on them. */
  readonly filters: readonly string[]
}

interface SignalSpec<N extends string, D extends z.ZodType> extends Deprecable {
  name: N
  summary: string
  data: D
  filters?: readonly (keyof z.infer<D> & string)[]
}

/** Declares a signal. Its filters must be fields of its data: anything else does not compile. */
export const signal = <const N extends `${string}.${string}`, D extends z.ZodType>(
  spec: SignalSpec<N, D>,
): Signal<N, D> => ({ filters: [], ...spec })
