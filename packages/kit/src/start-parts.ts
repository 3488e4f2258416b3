import { streamName } from '@meshboard/contracts'
import type { Broker, Running } from './broker/broker.ts'
import type { Closing, ToClose } from './closing.ts'
import type { Runtime, Service } from './define-service.ts'
import { startDiscovery } from './discovery.ts'
import { consumerParts } from './event-consumer.ts'
import { rpcServer } from './rpc-server.ts'
import { sentenceOf } from './start-fault.ts'
import type { Persist, Waited } from './start-waiting.ts'
import { streamsOf, watchStreams } from './stream-metrics.ts'
import { streamStateHandler } from './stream-state.ts'

/** What of a service runs, but for its tasks. */
export interface Parts {
  readonly discovery: Running
  readonly server: Running | undefined
  readonly consumers: readonly Running[]
}

type HowToClose = Pick<ToClose, 'limitMs' | 'quiet'>

/** `stopService` stops it first, says so, and has waited for it as long as it may. */
const QUIET = { quiet: true, limitMs: 100 } as const

interface Starting {
  service: Service
  runtime: Runtime
  deps: unknown
  closing: Closing
  persist: Persist
}

/** Starts tasks, consumers, procedures and discovery, each as soon as what it needs is there. */
export const startParts = async (starting: Starting): Promise<Parts> => {
  const { service, runtime, deps, closing, persist } = starting
  const started = async (waited: Waited<Running>, how: HowToClose): Promise<Running> => {
    const running = once(await persist({ sentence: startFault, ...waited }))
    closing.add({ kind: 'work', part: waited.part, close: () => running.stop(), ...how })
    return running
  }
  await streamThere(starting)
  const streams = streamsOf(service)
  if (streams.length > 0)
    await started({ part: 'stream sizes', work: () => watchStreams(runtime, streams) }, QUIET)
  for (const task of service.tasks) {
    // A door waits for what it has in hand, as long as procedures may.
    const limitMs = runtime.config.stopGraceMs + 5_000
    await started({ part: task.name, work: () => task.start(runtime, deps) }, { limitMs })
  }
  const consumers: Running[] = []
  for (const { part, start } of consumerParts(runtime, service.consumers, deps))
    consumers.push(await started({ part, work: start }, QUIET))
  const handlers = handlersOf(service, runtime.broker)
  const empty = Object.keys(handlers).length === 0
  const serve = empty ? undefined : rpcServer(runtime, handlers, deps)
  const server = serve && (await started({ part: 'procedures', work: serve }, QUIET))
  const endpoints = Object.values(handlers).map(({ procedure }) => procedure)
  const { contract } = service
  const discover = () => startDiscovery(runtime, { contract, endpoints })
  const discovery = await started({ part: 'discovery', work: discover }, QUIET)
  return { discovery, server, consumers }
}

/** Events that can never be stored are a fault to be told at the start. */
const streamThere = async ({ service, runtime, persist }: Starting): Promise<void> => {
  if (Object.keys(service.contract?.events ?? {}).length === 0) return
  await persist({
    part: 'stream',
    work: () => runtime.broker.streamPosition(streamName(service.name), Date.now() + LOOK_MS),
    sentence: startFault,
  })
}

const LOOK_MS = 2_000

const startFault = (error: unknown): string => {
  const fault = sentenceOf(error)
  if (!/not found/i.test(fault)) return fault
  return `${fault}: streams and durables are made by "npm run mesh -- setup"`
}

const handlersOf = ({ contract, procedures }: Service, broker: Broker) => {
  if (!contract || Object.keys(contract.events).length === 0) return procedures
  return { ...procedures, streamState: streamStateHandler(contract, broker) }
}

/** Stops once, however often it is asked. */
const once = (running: Running): Running => {
  let stopped: Promise<void> | undefined
  return { stop: () => (stopped ??= running.stop()) }
}
