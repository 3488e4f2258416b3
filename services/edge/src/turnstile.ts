/**
 * Lets at most `max` pieces of work run at a time. The others wait, each in the line of its own; the
 * lines take turns, so that who asks for much holds up nobody else.
 */
export class Turnstile {
  readonly #lines = new Map<string, (() => void)[]>()
  #free: number

  constructor(max: number) {
    this.#free = max
  }

  async pass<T>(work: () => Promise<T>, line = ''): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((go) => this.#wait(line, go))
    try {
      return await work()
    } finally {
      this.#next()
    }
  }

  #wait(line: string, go: () => void): void {
    const waiting = this.#lines.get(line)
    if (waiting) waiting.push(go)
    else this.#lines.set(line, [go])
  }

  #next(): void {
    const [first] = this.#lines
    if (!first) return void (this.#free += 1)
    const [line, waiting] = first
    const go = waiting.shift()
    this.#lines.delete(line)
    if (waiting.length > 0) this.#lines.set(line, waiting)
    go?.()
  }
}
