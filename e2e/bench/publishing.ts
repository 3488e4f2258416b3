import type { Settings } from './bench.ts'
import { type LoopResult, WARM_CALLS } from './closed-loop.ts'
import { provisionPlain, startMeshBroker, startPlainBroker } from './mesh-broker.ts'
import { Role } from './processes.ts'
import { type Measured, measured } from './rounds.ts'
import { summaryService } from './stand-ins.ts'

const IN_FLIGHT = 256
/** The publisher has a core, the broker where there is room. */
const CORE = 1

/** Our way to store an event, under its id and in its stream only. */
export const storing = async (settings: Settings): Promise<Measured> => {
  const { nats, stop } = await startMeshBroker([summaryService])
  const user = summaryService.name
  const setup = { kind: 'store', url: nats.url, user, password: nats.passwordOf(user) }
  try {
    return await measurePublisher(setup, settings)
  } finally {
    await stop()
  }
}

/** `js.publish` as it comes, without an id, on a stream that is the same. */
export const jsPublishing = async (settings: Settings): Promise<Measured> => {
  const { nats } = await startPlainBroker()
  await provisionPlain(nats, [summaryService])
  const setup = { kind: 'js.publish', url: nats.url }
  try {
    return await measurePublisher(setup, settings)
  } finally {
    await nats.stop()
  }
}

const measurePublisher = async (
  setup: object,
  { seconds, warmUpSeconds }: Settings,
): Promise<Measured> => {
  const publisher = await Role.start('publisher', { setup, core: CORE })
  const load = (length: number, callsMin = 0) =>
    publisher.ask<LoopResult>('load', { inFlight: IN_FLIGHT, seconds: length, callsMin })
  try {
    await load(warmUpSeconds, WARM_CALLS)
    return await measured(async () => {
      await publisher.ask('begin')
      const stored = await load(seconds)
      const cpu = await publisher.ask<number>('end')
      return {
        storedPerSecond: stored.calls / stored.seconds,
        publishCpuMicros: cpu / stored.calls,
      }
    })
  } finally {
    await publisher.stop()
  }
}
