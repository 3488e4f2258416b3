/** That something is on its way out: it is still there, and nobody new should use it. */
export interface Deprecation {
  /** The day since when, `2026-11-21`. */
  readonly since: string
  /** The day from which on it may be gone, later than `since`. Absent: not decided. */
  readonly until?: string
  /** The full name of what to use instead, `earnings.v2.getSummary`. */
  readonly use?: string
}

/** What can be deprecated. */
export interface Deprecable {
  readonly deprecated?: Deprecation
}

/** The part of a plain description that tells of a deprecation; nothing when there is none. */
export const deprecationOf = ({ deprecated }: Deprecable): Deprecable =>
  deprecated === undefined ? {} : { deprecated }

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))

/** Whether its days are days, and in order. */
export const isDeprecation = ({ since, until }: Deprecation): boolean =>
  isDay(since) && (until === undefined || (isDay(until) && until > since))
