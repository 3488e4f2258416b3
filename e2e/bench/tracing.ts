import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Bench, Settings } from './bench.ts'
import { ourCalls } from './calls.ts'
import { type Measured, figureOf, ratioOf, runRounds } from './rounds.ts'

const SHARES = { off: undefined, onePercent: 0.01, full: 1 } as const

/** Calls with their trace recorded never, one time in a hundred, and always. */
export const tracing: Bench = async (settings) => {
  const adapters = Object.entries(SHARES).map(([name, share]) => [
    name,
    () => tracedCalls(settings, share),
  ])
  const rows = await runRounds(Object.fromEntries(adapters), settings.rounds)
  const ratio = (of: string, figure = 'callsPerSecond') =>
    ratioOf(rows, { figure, of, to: 'off', quietOnly: figure === 'callsPerSecond' })
  return {
    rows,
    figures: {
      callsPerSecondOff: figureOf(rows, 'off', 'callsPerSecond').median,
      callsPerSecondOnePercent: figureOf(rows, 'onePercent', 'callsPerSecond').median,
      callsPerSecondFull: figureOf(rows, 'full', 'callsPerSecond').median,
      cpuOnePercentVsOff: ratio('onePercent', 'sumMicros').median,
      cpuFullVsOff: ratio('full', 'sumMicros').median,
    },
    ratios: { onePercentVsOff: ratio('onePercent'), fullVsOff: ratio('full') },
    tables: [],
  }
}

const tracedCalls = async (settings: Settings, share: number | undefined): Promise<Measured> => {
  const sink = await startSink()
  const env = share === undefined ? {} : recordingTo(sink.url, share)
  const { figures, foreignCores } = await ourCalls(settings, { inFlight: 64, bodyBytes: 200, env })
  await sink.stop()
  if (share !== undefined && sink.bytes() === 0) throw new Error('no span has arrived')
  return { figures: { ...figures, spanKib: sink.bytes() / 1_024 }, foreignCores }
}

const recordingTo = (url: string, share: number) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_TRACES_SAMPLER_ARG: String(share),
})

/** Takes spans and throws them away, counting bytes: parsing them would cost us, not who sends. */
const startSink = async () => {
  let bytes = 0
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => (bytes += chunk.length))
    request.on('end', () =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    bytes: () => bytes,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
