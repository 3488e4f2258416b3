/** Runs a listener; what it throws is reported as uncaught, and does not disturb whoever called. */
export const callListener = (listen: () => void): void => {
  try {
    listen()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

/** Listeners by the name of what they listen for. */
export class Events<Map extends object> {
  readonly #listeners: { [N in keyof Map]?: Set<(value: Map[N]) => void> } = {}

  /** Adds a listener; the function that comes back removes it. */
  on<N extends keyof Map>(name: N, listener: (value: Map[N]) => void): () => void {
    const listeners = (this.#listeners[name] ??= new Set())
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  emit<N extends keyof Map>(name: N, value: Map[N]): void {
    for (const listener of this.#listeners[name] ?? []) callListener(() => listener(value))
  }
}
