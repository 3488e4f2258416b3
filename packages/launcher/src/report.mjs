const textWidth = 24

/**
 * What a start says: one cell a step, two cells a line, each printed as soon as its step is done.
 * It also keeps the time that went into downloads apart from the rest; downloads that overlap count
 * once.
 */
export class Report {
  #out
  #startedAt = performance.now()
  #lineIsOpen = false
  #ended = false
  #downloads = { active: 0, since: 0, ms: 0 }

  constructor(out) {
    this.#out = out
  }

  /**
   * Runs a step and prints a cell with the text it resolves to (or the `text` of the object) and
   * its time.
   */
  async step(name, work) {
    const since = performance.now()
    const result = await work()
    const text = typeof result === 'string' ? result : result.text
    this.#cell(name, text, seconds(performance.now() - since))
    return result
  }

  /** Counts the time of `work` as download time. */
  async download(work) {
    const downloads = this.#downloads
    if (downloads.active++ === 0) downloads.since = performance.now()
    try {
      return await work()
    } finally {
      if (--downloads.active === 0) downloads.ms += performance.now() - downloads.since
    }
  }

  /** Prints a line of its own. */
  line(text = '') {
    if (this.#lineIsOpen) this.#out.write('\n')
    this.#lineIsOpen = false
    this.#out.write(text === '' ? '\n' : `  ${text}\n`)
  }

  /** Ends the line; cells of steps that are still under way are not printed any more. */
  end() {
    if (this.#lineIsOpen) this.#out.write('\n')
    this.#ended = true
  }

  /** The time since the report began: `downloads 12.3 s, own time 5.1 s`. */
  times() {
    const total = performance.now() - this.#startedAt
    return `downloads ${seconds(this.#downloads.ms)}, own time ${seconds(total - this.#downloads.ms)}`
  }

  #cell(name, text, time) {
    if (this.#ended) return
    const cell = `${name.padEnd(11)}${text.padEnd(textWidth)}${time.padStart(7)}`
    this.#out.write(this.#lineIsOpen ? `    ${cell}\n` : `  ${cell}`)
    this.#lineIsOpen = !this.#lineIsOpen
  }
}

/** Milliseconds as seconds with as many digits as they deserve: `0.03 s`, `5.1 s`. */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(ms < 100 ? 2 : 1)} s`
}
