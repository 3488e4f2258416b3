import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { canarySubject } from '@meshboard/contracts'
import type { Broker, Running, Runtime, Task } from '@meshboard/kit'
import type { Config } from './config.ts'
import type { Deps } from './deps.ts'

const LOOK_MS = 5

/**
 * Messages that this process sends itself among the feeds: out to the broker, and back with all that
 * it is subscribed to. A connection may stand while nothing comes over it any more.
 */
export class Canary {
  readonly #subject = canarySubject(randomUUID())
  #startedAt = performance.now()
  /** When the newest of those that came back was sent. */
  #sentAt: number | undefined

  /** Milliseconds since the newest that came back was sent; since the start while none has. */
  get ageMs(): number {
    return performance.now() - (this.#sentAt ?? this.#startedAt)
  }

  /** Whether one has come back since it was last told to listen. */
  get isHeard(): boolean {
    return this.#sentAt !== undefined
  }

  listen(broker: Broker): Promise<Running> {
    this.#startedAt = performance.now()
    this.#sentAt = undefined
    return broker.subscribe(this.#subject, ({ data }) => {
      this.#sentAt = Math.max(Number(Buffer.from(data).toString()), this.#sentAt ?? 0)
    })
  }

  /** Sends one, unless the broker is away: then it would only wait for it. May throw a `BrokerError`. */
  send(broker: Broker): void {
    if (broker.open) broker.publish(this.#subject, Buffer.from(String(performance.now())))
  }
}

/**
 * Keeps the canary going, and has `/readyz` say when it stays away. Starts only when the first has come
 * back, so that no door opens on a dead feed. Sockets stay whatever it says.
 */
export const feedCanary: Task<Deps, Config> = {
  name: 'canary',
  async start(runtime: Runtime<Config>, { canary }: Deps): Promise<Running> {
    const { broker, config, ops, log } = runtime
    const listening = await canary.listen(broker)
    canary.send(broker)
    await cameBack(canary, config.canaryTimeoutMs).catch(async (error: unknown) => {
      await listening.stop()
      throw error
    })
    const fault = () => (canary.ageMs > config.canaryTimeoutMs ? missing(canary.ageMs) : undefined)
    ops.addCheck('canary', fault)
    const tell = onChange((isWhole) => {
      if (isWhole) log.info('messages come back from the broker again')
      else log.warn(missing(canary.ageMs))
    })
    const timer = setInterval(() => {
      tell(fault() === undefined)
      try {
        canary.send(broker)
      } catch (error) {
        log.debug({ err: error }, 'canary not sent')
      }
    }, config.canaryIntervalMs)
    return {
      stop() {
        clearInterval(timer)
        return listening.stop()
      },
    }
  },
}

const cameBack = async (canary: Canary, timeoutMs: number): Promise<void> => {
  while (!canary.isHeard) {
    if (canary.ageMs > timeoutMs) throw new Error(missing(canary.ageMs))
    await sleep(LOOK_MS)
  }
}

const missing = (ms: number): string =>
  `no message has come back from the broker for ${(ms / 1_000).toFixed(1)} s`

/** Calls `say` with each change; all is well to begin with. */
const onChange = (say: (isWhole: boolean) => void) => {
  let was = true
  return (is: boolean): void => {
    if (is !== was) say(is)
    was = is
  }
}
