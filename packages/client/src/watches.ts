import {
  type ChannelName,
  type ClientFrame,
  Failure,
  failure,
  type ServerFrame,
  type ServerFrameOf,
} from '@meshboard/contracts/client'
import { RunningWatch, type WatchPort } from './running-watch.ts'
import type { Watch, WatchOptions } from './watch.ts'

interface WatchesPort extends Omit<WatchPort, 'over'> {
  /** Every watch that a connection brought back has been confirmed, refused or closed. */
  resumed(): void
}

/** All watches of a client, by channel and parameters: leads each frame to its watch. */
export class Watches {
  readonly #port: WatchesPort
  readonly #byRef = new Map<string, RunningWatch<ChannelName>>()
  /** The watches a new connection has not confirmed; undefined when none is being resumed. */
  #unconfirmed: Set<RunningWatch<ChannelName>> | undefined

  constructor(port: WatchesPort) {
    this.#port = port
  }

  /** Begins a watch. Fails `conflict` when this client watches the same already. */
  watch<C extends ChannelName>(channel: C, options: WatchOptions<C>): Watch<C> {
    const ref = refOf({ channel, params: options.params })
    if (this.#byRef.has(ref)) {
      throw failure('conflict', { message: `This client watches "${channel}" already.` })
    }
    const over = (): void => {
      this.#byRef.delete(ref)
      this.#confirm(general)
    }
    const watch = new RunningWatch(channel, options, { ...this.#port, over })
    const general = watch as unknown as RunningWatch<ChannelName>
    this.#byRef.set(ref, general)
    watch.subscription.ask()
    return watch
  }

  /** There is a connection: all watches begin or resume in one batch. */
  opened(): void {
    this.#unconfirmed = new Set()
    const batch: ClientFrame[] = []
    for (const watch of this.#byRef.values()) {
      const frame = watch.subscription.subscribeFrame()
      if (!frame) continue
      batch.push(frame)
      this.#unconfirmed.add(watch)
    }
    if (batch.length > 0) this.#port.send(batch)
    // Later, so that `resumed` never comes before whatever else opening brings about.
    queueMicrotask(() => this.#confirm())
  }

  lost(): void {
    this.#unconfirmed = undefined
    for (const watch of this.#byRef.values()) watch.lost()
  }

  /** There will be no connection any more; `why`, when the application did not wish it. */
  closed(why?: Failure): void {
    this.#unconfirmed = undefined
    for (const watch of this.#byRef.values()) watch.end(why)
  }

  /** Takes a frame that concerns a watch. False when it concerns none. */
  hear(frame: ServerFrame): boolean {
    if (frame.type === 'error') return this.#refuse(frame)
    if (!('channel' in frame)) return false
    const watch = this.#byRef.get(refOf(frame))
    if (watch) this.#lead(frame, watch)
    return true
  }

  #lead(frame: ChannelFrame, watch: RunningWatch<ChannelName>): void {
    switch (frame.type) {
      case 'event':
        return watch.subscription.event(frame)
      case 'snapshot':
        return watch.snapshot(frame)
      case 'gap':
        return watch.subscription.gap(frame)
      case 'subscribed':
        if (!watch.subscription.asks(frame.id)) return
        watch.confirmed(frame)
        return this.#confirm(watch)
      case 'unsubscribed':
        // With an id it answers a request of ours, made because the watch closes, pauses or asks again.
        if (frame.id === undefined) watch.end(endedFailure(frame.reason))
    }
  }

  #refuse(frame: ServerFrameOf<'error'>): boolean {
    const watches = [...this.#byRef.values()]
    const watch = watches.find(({ subscription }) => subscription.asks(frame.id))
    watch?.refused(frame)
    this.#confirm(watch)
    return watch !== undefined
  }

  #confirm(watch?: RunningWatch<ChannelName>): void {
    if (!this.#unconfirmed) return
    if (watch) this.#unconfirmed.delete(watch)
    if (this.#unconfirmed.size > 0) return
    this.#unconfirmed = undefined
    this.#port.resumed()
  }
}

type ChannelFrame = Extract<ServerFrame, { channel: string }>

/** What a subscription is known by: the protocol has one for each channel and parameters. */
const refOf = ({
  channel,
  params = {},
}: {
  channel: string
  params?: Params | undefined
}): string =>
  JSON.stringify([channel, Object.entries(params).toSorted(([a], [b]) => (a < b ? -1 : 1))])

type Params = Record<string, string>

const endedFailure = (reason: string): Failure =>
  new Failure('unsubscribed', {
    status: 403,
    retry: 'never',
    message: `The edge ended the watch: ${reason}.`,
  })
