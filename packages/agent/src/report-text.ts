import type { Report, Told } from './report.ts'

const COLUMN_WIDTH = 54
/** A score this far from the one last shown is shown again. */
const SCORE_STEP = 5

/** For people: what has been reached, two things a row; then credits and troubles, a line each. */
export class TextReport {
  readonly #write: (text: string) => void
  readonly #writeError: (text: string) => void
  readonly #startedAt = performance.now()
  #rowBegun = false
  #keyShown = false
  #scoreShown: number | undefined

  constructor(write: (text: string) => void, writeError = write) {
    this.#write = write
    this.#writeError = writeError
  }

  readonly tell: Report = (told) => {
    switch (told.event) {
      case 'registered':
        this.#keyShown = true
        return this.#cell(
          'key',
          `${told.created ? 'created' : 'loaded'}, ${told.user_id} (${told.username})`,
        )
      case 'connected':
        if (!this.#keyShown) this.#cell('key', `loaded, ${told.user_id}`)
        this.#keyShown = true
        return this.#cell('edge', `connected in ${told.ms} ms, signed in`)
      case 'connection':
        return this.#cell('link', `${told.id} "${told.network_name}"`)
      case 'quality':
        return this.#quality(told)
      case 'credited':
        return this.#line(creditWords(told))
      case 'reconnecting':
        return this.#line(`${told.message} Next try in ${(told.retry_in_ms / 1_000).toFixed(1)} s.`)
      case 'warning':
        return this.#line(told.message)
      case 'error':
        this.#endRow()
        return this.#writeError(`  ${told.message}\n`)
      case 'stopped':
        return this.#line('stopped')
    }
  }

  #quality(told: Extract<Told, { event: 'quality' }>): void {
    if (this.#scoreShown === undefined) this.#cell('quality', qualityWords(told))
    else if (Math.abs(told.score - this.#scoreShown) >= SCORE_STEP) this.#line(qualityWords(told))
    else return
    this.#scoreShown = told.score
  }

  #cell(name: string, words: string): void {
    const text = `${name.padEnd(8)}${words}`
    this.#write(this.#rowBegun ? `${text}\n` : `  ${text.padEnd(COLUMN_WIDTH)} `)
    this.#rowBegun = !this.#rowBegun
  }

  #line(words: string): void {
    this.#endRow()
    this.#write(`  ${clock(performance.now() - this.#startedAt)}  ${words}\n`)
  }

  #endRow(): void {
    if (this.#rowBegun) this.#write('\n')
    this.#rowBegun = false
  }
}

const creditWords = ({ amount, balance, trace_id }: Extract<Told, { event: 'credited' }>): string =>
  `+${amount} points   balance ${balance}${trace_id ? `   (trace ${trace_id})` : ''}`

const qualityWords = (told: Extract<Told, { event: 'quality' }>): string =>
  [
    `rtt ${told.latency_ms.toFixed(1)} ms`,
    `jitter ${told.jitter_ms.toFixed(1)} ms`,
    `loss ${Math.round(told.packet_loss_pct)} %`,
    ...(told.bandwidth_mbps === undefined ? [] : [`${Math.round(told.bandwidth_mbps)} Mbit/s`]),
    `score ${told.score.toFixed(1)}`,
  ].join(' · ')

/** `00:01:00` of milliseconds. */
const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000)
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}
