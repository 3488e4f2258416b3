import { DEAD_STREAM, streamName } from '@meshboard/contracts'
import { Gauge, type Registry } from '@prometheus-io/client'
import type { Running, StreamSize } from './broker/broker.ts'
import type { Runtime, Service } from './define-service.ts'

const LOOK_MS = 15_000
const ANSWER_MS = 2_000

/** The streams a service writes to: that of its events, and where its consumers put what they give up. */
export const streamsOf = ({ name, contract, consumers }: Service): string[] => [
  ...(Object.keys(contract?.events ?? {}).length > 0 ? [streamName(name)] : []),
  ...(consumers.length > 0 ? [DEAD_STREAM.name] : []),
]

/**
 * Measures how full the streams are that a service writes to, every 15 s from now on. What could not
 * be asked is not shown, rather than what was once true.
 */
export const watchStreams = async (
  { broker, metrics, log }: Pick<Runtime, 'broker' | 'metrics' | 'log'>,
  streams: readonly string[],
): Promise<Running> => {
  const sizes = new Map<string, StreamSize>()
  registerSizes(metrics.registry, sizes)
  const look = async (stream: string) => {
    try {
      sizes.set(stream, await broker.streamSize(stream, Date.now() + ANSWER_MS))
    } catch (error) {
      sizes.delete(stream)
      log.debug({ err: error, stream }, 'size of the stream unknown')
    }
  }
  const lookAtAll = () => Promise.all(streams.map(look))
  await lookAtAll()
  const looking = setInterval(() => void lookAtAll(), LOOK_MS)
  return { stop: () => Promise.resolve(clearInterval(looking)) }
}

const registerSizes = (registry: Registry, sizes: ReadonlyMap<string, StreamSize>): void => {
  const gauge = (name: string, help: string, look: (size: StreamSize) => number) =>
    new Gauge({
      ...{ name, help, labelNames: ['stream'], registers: [registry] },
      collect() {
        this.reset()
        for (const [stream, size] of sizes) this.set({ stream }, look(size))
      },
    })
  gauge('mesh_stream_messages', 'Messages a stream holds.', ({ messages }) => messages)
  gauge('mesh_stream_bytes', 'Bytes a stream holds.', ({ bytes }) => bytes)
  gauge('mesh_stream_bytes_max', 'Bytes a stream may hold.', ({ bytesMax }) => bytesMax)
}
