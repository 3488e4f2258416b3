const PIECE = 16

/** What must not be found in a log, whole or in large part. */
export class Secrets {
  readonly #pieces = new Set<string>()

  plant(...texts: readonly string[]): void {
    for (const part of texts.flatMap((text) => runsOf(text))) this.#pieces.add(part)
  }

  get size(): number {
    return this.#pieces.size
  }

  isIn(line: string): boolean {
    return runsOf(line).some((part) => this.#pieces.has(part))
  }
}

/** Of each long word its two ends. */
const runsOf = (text: string): string[] =>
  [...text.matchAll(/[A-Za-z0-9_-]{16,}/g)].flatMap(([run]) => [
    run.slice(0, PIECE),
    run.slice(-PIECE),
  ])
