const TURN_MS = 20

/** How a request was refused, or what broke it, and when. */
export interface Refused {
  readonly at: number
  readonly what: string
}

/** Requests at a steady rate, whatever becomes of those before. */
export interface Load {
  readonly made: number
  readonly failed: readonly Refused[]
  /** Those that failed since, at most ten, for a message. */
  failedSince(at: number): readonly string[]
  /** Sends no more, and waits for the answers. */
  stop(): Promise<void>
}

/** Makes one request, the `turn`th from 0 on; says why it failed, if it did. Never throws. */
export type Ask = (turn: number) => Promise<string | undefined>

/** Starts asking. */
export const startLoad = (ask: Ask, perSecond: number): Load => {
  const failed: Refused[] = []
  const onTheirWay = new Set<Promise<void>>()
  const startedAt = performance.now()
  let made = 0
  const next = () => {
    const at = Date.now()
    const asking = ask(made).then((what) => {
      onTheirWay.delete(asking)
      if (what !== undefined) failed.push({ at, what: `after ${Date.now() - at} ms: ${what}` })
    })
    made += 1
    onTheirWay.add(asking)
  }
  const turns = setInterval(() => {
    const due = ((performance.now() - startedAt) * perSecond) / 1_000
    while (made < due) next()
  }, TURN_MS)
  return {
    get made() {
      return made
    },
    failed,
    failedSince: (since) =>
      failed
        .filter(({ at }) => at >= since)
        .slice(0, 10)
        .map(({ at, what }) => `${new Date(at).toISOString()} ${what}`),
    async stop() {
      clearInterval(turns)
      await Promise.all(onTheirWay)
    },
  }
}
