/** What a limiter says of a key. */
export type Verdict =
  | {
      readonly allowed: true
      /** Points left until the window ends. */
      readonly remaining: number
    }
  | {
      readonly allowed: false
      /** Milliseconds until the window ends and the count begins anew, at least 1. */
      readonly retryAfterMs: number
    }

/**
 * Counts points by key in fixed windows; a window begins with its first point. A key is any text:
 * an address, a user id. To limit unsuccessful attempts only, `peek` before one and `take` after it
 * has failed.
 */
export interface RateLimiter {
  /** Counts `points` (default 1), beyond the limit too; not allowed if that is more than the limit. */
  take(key: string, points?: number): Promise<Verdict>
  /** Says whether one more point would be allowed, without counting it. */
  peek(key: string): Promise<Verdict>
  /** Forgets what was counted for the key. */
  reset(key: string): Promise<void>
}

/** How much a limiter allows. */
export interface RateLimit {
  /** What is limited, `gateway_attempts`: keeps limiters that share a store apart. */
  readonly name: string
  /** Points in a window, a whole number from 1 on. */
  readonly points: number
  /** How long a window lasts, whole seconds. */
  readonly windowSeconds: number
}
