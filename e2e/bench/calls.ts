import type { Settings } from './bench.ts'
import { type LoopResult, WARM_CALLS } from './closed-loop.ts'
import { cpuMicrosOf } from './machine.ts'
import { startMeshBroker, startPlainBroker } from './mesh-broker.ts'
import { Role } from './processes.ts'
import { type Figures, type Measured, measured } from './rounds.ts'
import { caller, echoService } from './stand-ins.ts'

/** One way to call a service, and how it is loaded. */
export interface Calls {
  readonly inFlight: number
  readonly bodyBytes: number
  /** What both ends find in their environment besides. */
  readonly env?: Record<string, string>
}

/** The service has one core, the caller the other; the broker goes where there is room. */
const [SERVICE_CORE, CALLER_CORE] = [0, 1]

/** Our caller and our service, each a process, on a fresh broker. */
export const ourCalls = async (settings: Settings, calls: Calls): Promise<Measured> => {
  const broker = await startMeshBroker([echoService, caller])
  const { token } = await broker.issuer.user({ seconds: 3_600 })
  const envOf = (name: string) => ({ ...broker.environmentOf(name), ...calls.env })
  const { bodyBytes } = calls
  const setup = { env: envOf(caller.name), token, bodyBytes }
  const service = { setup: { env: envOf(echoService.name) }, core: SERVICE_CORE }
  try {
    const ends = await startEnds(
      Role.start('rpc-service', service),
      Role.start('rpc-caller', { setup, core: CALLER_CORE }),
    )
    return await measureCalls({ ...ends, brokerPid: broker.pid }, settings, calls)
  } finally {
    await broker.stop()
  }
}

/** nats.js as it comes: `request()` and a subscription that sends back what it was sent. */
export const plainCalls = async (settings: Settings, calls: Calls): Promise<Measured> => {
  const { nats, pid } = await startPlainBroker()
  const setup = { url: nats.url, bodyBytes: calls.bodyBytes }
  try {
    const ends = await startEnds(
      Role.start('plain-responder', { setup, core: SERVICE_CORE }),
      Role.start('plain-caller', { setup, core: CALLER_CORE }),
    )
    return await measureCalls({ ...ends, brokerPid: pid }, settings, calls)
  } finally {
    await nats.stop()
  }
}

interface Ends {
  service: Role
  client: Role
}

const startEnds = async (...roles: [Promise<Role>, Promise<Role>]): Promise<Ends> => {
  const [service, client] = await Promise.all(roles)
  return { service, client }
}

const measureCalls = async (
  { service, client, brokerPid }: Ends & { brokerPid: number },
  { seconds, warmUpSeconds }: Settings,
  { inFlight }: Calls,
): Promise<Measured> => {
  try {
    await client.ask('load', { inFlight, seconds: warmUpSeconds, callsMin: WARM_CALLS })
    const alone = await client.ask<LoopResult>('load', { inFlight: 1, seconds: seconds / 4 })
    return await measured(async (): Promise<Figures> => {
      const brokerBefore = cpuMicrosOf(brokerPid)
      await Promise.all([service.ask('begin'), client.ask('begin')])
      const load = await client.ask<LoopResult>('load', { inFlight, seconds })
      const clientMicros = (await client.ask<number>('end')) / load.calls
      const serviceMicros = (await service.ask<number>('end')) / load.calls
      return {
        callsPerSecond: load.calls / load.seconds,
        clientMicros,
        serviceMicros,
        sumMicros: clientMicros + serviceMicros,
        brokerMicros: (cpuMicrosOf(brokerPid) - brokerBefore) / load.calls,
        p50Micros: load.p50Micros,
        p99Micros: load.p99Micros,
        aloneP50Micros: alone.p50Micros,
        aloneP99Micros: alone.p99Micros,
      }
    })
  } finally {
    await client.stop()
    await service.stop()
  }
}
