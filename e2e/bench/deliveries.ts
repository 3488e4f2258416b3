import type { Topics } from './announcer.ts'
import type { Opening } from './audience.ts'
import type { Settings } from './bench.ts'
import { LOAD_CORE } from './cores.ts'
import { cpuMicrosOf } from './machine.ts'
import { Role } from './processes.ts'
import { type Figures, type Measured, measured } from './rounds.ts'

/** What tells the processor time of a server over a stretch, microseconds. */
export interface Meter {
  begin(): Promise<unknown>
  end(): Promise<number>
}

/** A role's own, to the microsecond. */
export const meterOf = (role: Role): Meter => ({
  begin: () => role.ask('begin'),
  end: () => role.ask<number>('end'),
})

/** That of any process, to the nearest 10 ms. */
export const meterOfProcess = (pid: number): Meter => {
  let before = 0
  return {
    begin: () => Promise.resolve((before = cpuMicrosOf(pid))),
    end: () => Promise.resolve(cpuMicrosOf(pid) - before),
  }
}

/** A server that is set up, and who is to watch it. */
export interface Delivering {
  readonly server: Meter
  readonly opening: Opening
  readonly topics: Topics
  /** Where messages are published. */
  readonly broker: { url: string; user?: string; password?: string }
  /** Messages in flight while it is saturated. */
  readonly inFlight: number
}

interface Loaded {
  deliveries: number
  seconds: number
  p50Ms: number
  p99Ms: number
}

/** So many deliveries a second are what a busy edge has to do; far from what it can do. */
const MODERATE = 20_000

/** What a delivery costs at a moderate rate, and how many there are a second when it is saturated. */
export const measureDeliveries = async (
  { server, inFlight, opening, topics, broker }: Delivering,
  { seconds, warmUpSeconds }: Settings,
): Promise<Measured> => {
  const crowd = await Role.start('crowd', { setup: {}, core: LOAD_CORE })
  const load = async (given: object) => {
    await server.begin()
    const loaded = await crowd.ask<Loaded>('load', given)
    return { ...loaded, cpu: await server.end() }
  }
  try {
    await crowd.ask('open', { ...opening, topics, broker })
    await crowd.ask('load', { inFlight, seconds: warmUpSeconds })
    await crowd.ask('load', { deliveriesPerSecond: MODERATE, seconds: warmUpSeconds })
    return await measured(async (): Promise<Figures> => {
      const moderate = await load({ deliveriesPerSecond: MODERATE, seconds })
      const saturated = await load({ inFlight, seconds })
      return {
        cpuMicros: moderate.cpu / moderate.deliveries,
        p50Ms: moderate.p50Ms,
        p99Ms: moderate.p99Ms,
        deliveriesPerSecond: saturated.deliveries / saturated.seconds,
        saturatedCpuMicros: saturated.cpu / saturated.deliveries,
        saturatedCores: saturated.cpu / 1e6 / saturated.seconds,
      }
    })
  } finally {
    await crowd.stop()
  }
}
