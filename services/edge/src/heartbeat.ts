/** Something that is pinged and must be heard from. */
export interface Pulse {
  /** When it was last heard from, milliseconds since 1970. */
  readonly heardAt: number
  ping(): void
  /** Nothing was heard from it for too long. */
  silent(): void
  /** A chance to look whether its bytes move. */
  beat(now: number): void
}

/** Pings all sockets with one timer, each at its own moment of the interval. */
export class Heartbeat {
  readonly #intervalMs: number
  readonly #silenceMs: number
  readonly #onAnswer: (ms: number) => void
  readonly #nextPing = new Map<Pulse, number>()
  /** When those were pinged that have not answered yet. */
  readonly #pingedAt = new Map<Pulse, number>()
  readonly #timer: NodeJS.Timeout

  /** `onAnswer` is told how long each answer took. */
  constructor(
    intervalMs: number,
    { silenceMs, onAnswer }: { silenceMs: number; onAnswer: (ms: number) => void },
  ) {
    this.#intervalMs = intervalMs
    this.#silenceMs = silenceMs
    this.#onAnswer = onAnswer
    this.#timer = setInterval(() => this.#beat(), Math.min(1_000, intervalMs / 4))
  }

  /** The first ping comes at a random moment, so that those who came together do not stay in step. */
  add(pulse: Pulse): void {
    this.#nextPing.set(pulse, Date.now() + Math.random() * this.#intervalMs)
  }

  remove(pulse: Pulse): void {
    this.#nextPing.delete(pulse)
    this.#pingedAt.delete(pulse)
  }

  /** The ping has been answered. */
  answered(pulse: Pulse): void {
    const pingedAt = this.#pingedAt.get(pulse)
    if (pingedAt === undefined) return
    this.#pingedAt.delete(pulse)
    this.#onAnswer(performance.now() - pingedAt)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    const now = Date.now()
    for (const [pulse, pingAt] of this.#nextPing) {
      pulse.beat(now)
      if (now - pulse.heardAt > this.#silenceMs) pulse.silent()
      else if (now >= pingAt) {
        this.#nextPing.set(pulse, now + this.#intervalMs)
        this.#pingedAt.set(pulse, performance.now())
        pulse.ping()
      }
    }
  }
}
