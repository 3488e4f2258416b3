/** Values between a source that pushes and one reader that pulls; ordered, and bounded by the source. */
export class EventBuffer<T> {
  readonly #values: T[] = []
  #reader: PromiseWithResolvers<IteratorResult<T, undefined>> | undefined
  #end: { failure?: Error | undefined } | undefined

  get size(): number {
    return this.#values.length
  }

  push(value: T): void {
    if (this.#end) return
    if (!this.#reader) return void this.#values.push(value)
    this.#reader.resolve({ done: false, value })
    this.#reader = undefined
  }

  /** Forgets the oldest value. */
  drop(): void {
    this.#values.shift()
  }

  /** After what is there, the reader gets the end, or the failure. */
  end(failure?: Error): void {
    if (this.#end) return
    this.#end = { failure }
    if (!this.#reader) return
    if (failure) this.#reader.reject(failure)
    else this.#reader.resolve({ done: true, value: undefined })
    this.#reader = undefined
  }

  /** The next value, as soon as there is one. One read at a time. */
  async next(): Promise<IteratorResult<T, undefined>> {
    const value = this.#values.shift()
    if (value !== undefined) return { done: false, value }
    if (this.#end?.failure) throw this.#end.failure
    if (this.#end) return { done: true, value: undefined }
    this.#reader = Promise.withResolvers()
    return this.#reader.promise
  }
}
