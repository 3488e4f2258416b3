import { type OutputOf, streamState } from '@meshboard/contracts'
import type { RpcClient } from '@meshboard/kit'

export type StreamState = OutputOf<ReturnType<typeof streamState>>

const FRESH_MS = 1_000

interface Look {
  at: number
  state: Promise<StreamState>
}

/**
 * Where the services' streams stand, asked of the services, since the edge's broker account cannot
 * ask a stream itself. One look serves a second, however many clients come back.
 */
export class StreamStates {
  readonly #rpc: RpcClient
  readonly #looks = new Map<string, Look>()
  readonly #known = new Map<string, StreamState>()

  constructor(rpc: RpcClient) {
    this.#rpc = rpc
  }

  /**
   * The state as it was at most a second ago; while the service is away, as it was last known, which
   * is safe: an epoch changes only when the stream is made anew. Fails when nothing is known.
   */
  async recent(service: string): Promise<StreamState> {
    const look = this.#looks.get(service)
    try {
      return await (look && Date.now() - look.at < FRESH_MS ? look.state : this.#look(service))
    } catch (error) {
      const known = this.#known.get(service)
      if (!known) throw error
      return known
    }
  }

  /** The state as it is now. Fails when the service does not say. */
  now(service: string): Promise<StreamState> {
    return this.#look(service)
  }

  /** The stream's epoch as it was last known; "" when it never was. */
  epochOf(service: string): string {
    return this.#known.get(service)?.epoch ?? ''
  }

  #look(service: string): Promise<StreamState> {
    const state = this.#rpc.call(streamState(service), {})
    this.#looks.set(service, { at: Date.now(), state })
    state.then(
      (known) => this.#known.set(service, known),
      () => this.#looks.delete(service),
    )
    return state
  }
}
