/** What a class of characters is tried with, the most telling first. */
const CANDIDATES = ['a', 'A', '0', '1', '-', '_', '.', ' ', '@', '!', '~', 'é', '\n']

/** Reads a pattern from left to right. */
class Pattern {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  /** A text of all alternatives' first, up to the end or the closing bracket. */
  sequence(): string {
    let text = ''
    while (this.#at < this.#source.length && !this.#isNext(')')) {
      if (this.#take('|')) {
        this.sequence()
        break
      }
      const one = this.#atom()
      text += one.repeat(this.#count())
    }
    return text
  }

  #isNext(text: string): boolean {
    return this.#source.startsWith(text, this.#at)
  }

  #take(text: string): boolean {
    if (!this.#isNext(text)) return false
    this.#at += text.length
    return true
  }

  #match(expression: RegExp): string | undefined {
    const sticky = new RegExp(expression.source, 'y')
    sticky.lastIndex = this.#at
    const [found] = sticky.exec(this.#source) ?? []
    this.#at += found?.length ?? 0
    return found
  }

  #atom(): string {
    if (this.#match(/\^|\$|\\b/) !== undefined) return ''
    if (this.#match(/\(\?<?!/) !== undefined) return this.#skippedGroup()
    if (this.#match(/\((\?:|\?<\w+>)?/) !== undefined) return this.#group()
    const chosen = this.#match(/\[(\\.|[^\]\\])*\]|\\[pP]\{\w+\}|\\[dDwWsS]|\./)
    if (chosen !== undefined) return characterOf(chosen)
    this.#take('\\')
    return this.#source[this.#at++] ?? ''
  }

  #group(): string {
    const text = this.sequence()
    this.#take(')')
    return text
  }

  /** What must not follow adds nothing. */
  #skippedGroup(): string {
    this.#group()
    return ''
  }

  /** As often as it must be, but once where it may not be at all and costs nothing. */
  #count(): number {
    const [, from] = /^\{(\d+)/.exec(this.#match(/\{\d+(,\d*)?\}\??/) ?? '') ?? []
    if (from !== undefined) return Number(from)
    const sign = this.#match(/[*+?]\??/)
    return sign === undefined || sign.startsWith('+') ? 1 : 0
  }
}

const characterOf = (chosen: string): string => {
  const fits = new RegExp(`^${chosen}$`, 'u')
  return CANDIDATES.find((one) => fits.test(one)) ?? ''
}

/**
 * A text that the pattern accepts, the same each time. Knows characters, classes, groups,
 * alternatives and counts. Where that does not do, the pattern itself: a door is not to be kept shut
 * by a document, and a test of all examples finds it.
 */
export const textSample = (pattern: string): string => {
  const text = new Pattern(pattern).sequence()
  return new RegExp(pattern, 'u').test(text) ? text : pattern
}
