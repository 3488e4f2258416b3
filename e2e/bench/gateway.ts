import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { earnings } from '@meshboard/contracts'
import { service as gatewayService } from '@meshboard/gateway'
import { newId } from '@meshboard/kit'
import type { Bench, Settings, Table } from './bench.ts'
import { startMeshBroker, startPlainBroker } from './mesh-broker.ts'
import { Role } from './processes.ts'
import { shown } from './print.ts'
import { type Measured, figureOf, measured, ratioOf, runRounds } from './rounds.ts'
import { summaryOf, summaryService } from './stand-ins.ts'

const PATH = (earnings.procedures.getSummary.http ?? '').split(' ')[1] ?? ''
const CONNECTIONS = 64
/** The gateway has one core; the load, the broker and the service share the other. */
const [GATEWAY_CORE, OTHER_CORE] = [0, 1]

/** One GET through the gateway to a service and back, against fastify with the plain client library. */
export const gateway: Bench = async (settings) => {
  const rows = await runRounds(
    {
      fastify: () => throughFastify(settings, CONNECTIONS),
      ours: () => throughOurs(settings, CONNECTIONS),
    },
    settings.rounds,
  )
  return {
    rows,
    figures: {
      cpuMicrosPerRequest: figureOf(rows, 'ours', 'cpuMicros').median,
      fastifyCpuMicrosPerRequest: figureOf(rows, 'fastify', 'cpuMicros').median,
      requestsPerSecond: figureOf(rows, 'ours', 'requestsPerSecond').median,
    },
    ratios: {
      cpuVsFastify: ratioOf(rows, { figure: 'cpuMicros', of: 'ours', to: 'fastify' }),
    },
    tables: settings.growth ? [await growth(settings)] : [],
  }
}

const throughOurs = async (settings: Settings, connections: number): Promise<Measured> => {
  const broker = await startMeshBroker([summaryService, gatewayService])
  const { token } = await broker.issuer.user({ seconds: 3_600 })
  const log = openLog()
  const env = broker.environmentOf('gateway')
  const serviceSetup = { setup: { env: broker.environmentOf('earnings') }, core: OTHER_CORE }
  try {
    const [service, door] = await Promise.all([
      Role.start('summary-service', serviceSetup),
      Role.start('gateway', { setup: { env }, core: GATEWAY_CORE, stdout: log.file }),
    ])
    const headers = { authorization: `Bearer ${token}` }
    return await measureDoor({ service, door, headers, connections }, settings)
  } finally {
    log.remove()
    await broker.stop()
  }
}

const throughFastify = async (settings: Settings, connections: number): Promise<Measured> => {
  const { nats } = await startPlainBroker()
  const answer = summaryOf(newId('user'))
  try {
    const [service, door] = await Promise.all([
      Role.start('plain-responder', { setup: { url: nats.url, answer }, core: OTHER_CORE }),
      Role.start('fastify-gateway', { setup: { url: nats.url, path: PATH }, core: GATEWAY_CORE }),
    ])
    return await measureDoor({ service, door, headers: {}, connections }, settings)
  } finally {
    await nats.stop()
  }
}

/** Where the access log goes: a file, as behind any collector of logs. */
const openLog = () => {
  const folder = mkdtempSync(join(tmpdir(), 'meshboard-bench-'))
  const file = openSync(join(folder, 'gateway.log'), 'w')
  return {
    file,
    remove() {
      closeSync(file)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface DoorLoad {
  service: Role
  door: Role
  headers: Record<string, string>
  connections: number
}

interface LoadResult {
  requests: number
  seconds: number
  p50Ms: number
  p99Ms: number
}

const measureDoor = async (
  { service, door, headers, connections }: DoorLoad,
  { seconds, warmUpSeconds }: Settings,
): Promise<Measured> => {
  const client = await Role.start('http-load', { setup: {}, core: OTHER_CORE })
  try {
    const url = `http://127.0.0.1:${await door.ask<number>('port')}${PATH}`
    // The load generator knows whole seconds only.
    const load = (length: number) =>
      client.ask<LoadResult>('load', { url, connections, seconds: Math.ceil(length), headers })
    await load(warmUpSeconds)
    return await measured(async () => {
      await door.ask('begin')
      const result = await load(seconds)
      const cpu = await door.ask<number>('end')
      return {
        requestsPerSecond: result.requests / result.seconds,
        cpuMicros: cpu / result.requests,
        busyCores: cpu / 1e6 / result.seconds,
        p50Ms: result.p50Ms,
        p99Ms: result.p99Ms,
      }
    })
  } finally {
    for (const role of [client, door, service]) await role.stop()
  }
}

const growth = async (settings: Settings): Promise<Table> => {
  const rows: string[][] = []
  for (const connections of [1, 10, 100, 1_000]) {
    for (const [adapter, run] of Object.entries({ fastify: throughFastify, ours: throughOurs })) {
      const { figures } = await run(settings, connections)
      const { requestsPerSecond = 0, cpuMicros = 0, p50Ms = 0, p99Ms = 0 } = figures
      const numbers = [connections, requestsPerSecond, cpuMicros, p50Ms, p99Ms]
      rows.push([adapter, ...numbers.map(shown)])
    }
  }
  return {
    title: 'gateway: how it grows with connections (one run each)',
    columns: ['adapter', 'connections', 'requests/s', 'CPU µs', 'p50 ms', 'p99 ms'],
    rows,
  }
}
