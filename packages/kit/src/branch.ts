import { type Context, ROOT_CONTEXT } from '@opentelemetry/api'

/**
 * A context of one value; all others are those of the context it grew from. The library's own copies
 * a `Map` and makes three closures for each value, and kept calls alive beyond their end.
 */
class Branch implements Context {
  readonly #parent: Context
  readonly #key: symbol
  readonly #value: unknown

  constructor(...[parent, key, value]: [Context, symbol, unknown]) {
    this.#parent = parent
    this.#key = key
    this.#value = value
  }

  getValue(key: symbol): unknown {
    return key === this.#key ? this.#value : this.#parent.getValue(key)
  }

  setValue(key: symbol, value: unknown): Context {
    return new Branch(this, key, value)
  }

  deleteValue(key: symbol): Context {
    return new Branch(this, key, undefined)
  }
}

/** A context that holds nothing, where a call or a delivery begins. */
export const ROOT: Context = new Branch(ROOT_CONTEXT, Symbol('meshboard root'), true)
