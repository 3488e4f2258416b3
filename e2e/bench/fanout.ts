import { freePort, startNats } from '@meshboard/testkit'
import { plainTopic } from './announcer.ts'
import type { Visit } from './bare-socket.ts'
import type { Bench, Settings, Table } from './bench.ts'
import { LOAD_CORE, SERVER_CORE } from './cores.ts'
import { measureDeliveries, meterOf, meterOfProcess } from './deliveries.ts'
import { edgeDeliveries } from './edge-deliveries.ts'
import { childrenCalled } from './machine.ts'
import { startPlainBroker } from './mesh-broker.ts'
import { shown } from './print.ts'
import { Role, keepOn } from './processes.ts'
import { type Measured, figureOf, ratioOf, runRounds } from './rounds.ts'
import { BINARY } from './socket-frames.ts'

const SOCKETS = 1_000
const IN_FLIGHT = 32
const AT_A_TIME = 32
const USER = 'everybody'

/** One message for a thousand sockets. */
export const fanout: Bench = async (settings) => {
  const rows = await runRounds(
    {
      frame1: () => throughRole('frame1', settings, SOCKETS),
      'socket.io': () => throughRole('socket-io', settings, SOCKETS),
      'nats-server': () => throughNatsServer(settings, SOCKETS),
      ours: () => throughOurs(settings, SOCKETS),
    },
    settings.rounds,
  )
  const of = 'ours'
  const rate = { figure: 'deliveriesPerSecond', of, quietOnly: true }
  return {
    rows,
    figures: {
      cpuMicrosPerDelivery: figureOf(rows, of, 'cpuMicros').median,
      deliveriesPerSecond: figureOf(rows, of, 'deliveriesPerSecond').median,
      p50Ms: figureOf(rows, of, 'p50Ms').median,
      saturatedCpuVsFrame1: ratioOf(rows, { figure: 'saturatedCpuMicros', of, to: 'frame1' })
        .median,
      rateVsFrame1: ratioOf(rows, { ...rate, to: 'frame1' }).median,
    },
    ratios: {
      cpuVsFrame1: ratioOf(rows, { figure: 'cpuMicros', of, to: 'frame1' }),
      rateVsSocketio: ratioOf(rows, { ...rate, to: 'socket.io' }),
      rateVsNatsWs: ratioOf(rows, { ...rate, to: 'nats-server' }),
      p50VsFrame1: ratioOf(rows, { figure: 'p50Ms', of, to: 'frame1' }),
    },
    tables: settings.growth ? [await growth(settings)] : [],
  }
}

const plainOf = (sockets: number) => ({
  topics: { users: [USER], asFeed: false },
  inFlight: IN_FLIGHT,
  each: Array.from({ length: sockets }, () => ''),
})

/** What a client of each reference says until it is set up. */
const VISITS: Readonly<Record<'frame1' | 'socket-io', Omit<Visit, 'port'>>> = {
  frame1: { path: '/', steps: [] },
  'socket-io': {
    path: '/socket.io/?EIO=4&transport=websocket',
    steps: [
      { after: '0{', say: '40' },
      { after: '40{', say: '' },
    ],
  },
}

const throughRole = async (
  ...[name, settings, sockets]: ['frame1' | 'socket-io', Settings, number]
): Promise<Measured> => {
  const { nats, pid } = await startPlainBroker()
  keepOn(LOAD_CORE, pid)
  const setup = { url: nats.url, subject: plainTopic(USER) }
  const role = await Role.start(name, { setup, core: SERVER_CORE })
  const { each, ...plain } = plainOf(sockets)
  try {
    const visit = { ...VISITS[name], port: await role.ask<number>('port') }
    const opening = { visit, each, atATime: AT_A_TIME }
    const broker = { url: nats.url }
    return await measureDeliveries({ server: meterOf(role), opening, broker, ...plain }, settings)
  } finally {
    await role.stop()
    await nats.stop()
  }
}

/** The broker's own door: it is the server here, and has the measured core. */
const throughNatsServer = async (settings: Settings, sockets: number): Promise<Measured> => {
  const port = await freePort()
  const nats = await startNats(`websocket { host: 127.0.0.1, port: ${port}, no_tls: true }`)
  const pid = childrenCalled('nats-server').at(-1) ?? 0
  keepOn(SERVER_CORE, pid)
  const subscribe = `CONNECT {"verbose":false}\r\nSUB ${plainTopic(USER)} 1\r\nPING\r\n`
  const steps = [
    { after: 'INFO {', say: subscribe },
    { after: 'PONG', say: '' },
  ]
  const { each, ...plain } = plainOf(sockets)
  const opening = { visit: { port, path: '/', steps, opcode: BINARY }, each, atATime: AT_A_TIME }
  try {
    const server = meterOfProcess(pid)
    return await measureDeliveries(
      { server, opening, broker: { url: nats.url }, ...plain },
      settings,
    )
  } finally {
    await nats.stop()
  }
}

/** The sockets of one user: the one subject that all of them watch. */
const throughOurs = (settings: Settings, sockets: number): Promise<Measured> =>
  edgeDeliveries(settings, { users: 1, sockets, inFlight: IN_FLIGHT })

const growth = async (settings: Settings): Promise<Table> => {
  const rows: string[][] = []
  for (const sockets of [10, 100, 1_000, 8_000]) {
    const runs = {
      frame1: () => throughRole('frame1', settings, sockets),
      ours: () => throughOurs(settings, sockets),
    }
    for (const [adapter, run] of Object.entries(runs)) {
      const { figures } = await run()
      const { cpuMicros = 0, p50Ms = 0, deliveriesPerSecond = 0, saturatedCpuMicros = 0 } = figures
      const numbers = [sockets, cpuMicros, p50Ms, deliveriesPerSecond, saturatedCpuMicros]
      rows.push([adapter, ...numbers.map(shown)])
    }
  }
  return {
    title: 'fanout: how it grows with sockets (one run each)',
    columns: ['adapter', 'sockets', 'CPU µs', 'p50 ms', 'deliveries/s', 'saturated µs'],
    rows,
  }
}
