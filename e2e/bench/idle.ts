import type { Visit } from './bare-socket.ts'
import type { Bench, Settings, Table } from './bench.ts'
import { LOAD_CORE, SERVER_CORE } from './cores.ts'
import { scaled, startEdgeMesh, tokensFor, usersOf, visitEdge } from './edge-mesh.ts'
import type { Memory } from './memory.ts'
import { shown } from './print.ts'
import { Role } from './processes.ts'
import { type Figures, type Measured, figureOf, measured, runRounds } from './rounds.ts'

const SOCKETS = 10_000
/** A process may have 20,000 descriptors on the machines we know. */
const SOCKETS_A_PROCESS = 17_000
const WARMING = 300
const AT_A_TIME = 64
const KIB = 1_024

/** What connections hold while nothing happens: each signed in, with a subscription of its own. */
export const idle: Bench = async (settings) => {
  const sockets = scaled(SOCKETS, settings)
  const rows = await runRounds(
    { ws: () => plainIdle(settings, sockets), ours: () => ourIdle(settings, sockets) },
    settings.rounds,
  )
  return {
    rows,
    figures: {
      connections: sockets,
      kibBeforeCollection: figureOf(rows, 'ours', 'kibAsItStands').median,
      kibOfPlainWs: figureOf(rows, 'ws', 'kib').median,
      cpuMicrosPerSecond: figureOf(rows, 'ours', 'cpuMicrosPerSecond').median,
    },
    ratios: { kibPerConnection: figureOf(rows, 'ours', 'kib') },
    tables: settings.growth ? [await growth(settings)] : [],
  }
}

/** Processes that are visited, and with what: one crowd each. */
interface Idling {
  servers: readonly Role[]
  visits: readonly Visit[]
  each: readonly string[]
}

const plainIdle = async (settings: Settings, sockets: number): Promise<Measured> => {
  const server = await Role.start('plain-ws', { setup: {}, core: SERVER_CORE })
  const greeted = { after: '"type":"auth_success"', say: '' }
  try {
    const visit = { port: await server.ask<number>('port'), path: '/', steps: [greeted] }
    const each = Array.from({ length: sockets + WARMING }, () => '')
    return await measureIdle({ servers: [server], visits: [visit], each }, settings)
  } finally {
    await server.stop()
  }
}

const ourIdle = async (settings: Settings, sockets: number): Promise<Measured> => {
  const mesh = await startEdgeMesh({ EDGE_SILENCE_MS: '60000' })
  const count = Math.ceil(sockets / SOCKETS_A_PROCESS)
  try {
    const servers = [mesh.edge]
    while (servers.length < count) servers.push(await mesh.startEdge())
    const ports = await Promise.all(servers.map((edge) => edge.ask<number>('port')))
    const visits = ports.map((port) => visitEdge(port, true))
    const each = await tokensFor(mesh.broker.issuer, usersOf(sockets + WARMING * count))
    return await measureIdle({ servers, visits, each }, settings)
  } finally {
    await mesh.stop()
  }
}

const measureIdle = async (idling: Idling, settings: Settings): Promise<Measured> => {
  const shares = idling.servers.map((server, index) => ({
    server,
    visit: idling.visits[index],
    each: idling.each.filter((_, at) => at % idling.servers.length === index),
  }))
  return measured(async () => {
    const each = await Promise.all(shares.map((share) => idleAt(share, settings)))
    return Object.fromEntries(
      Object.keys(each[0] ?? {}).map((name) => [name, meanOf(each.map((one) => one[name] ?? 0))]),
    )
  })
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** One process: first some sockets that come and go, so that what is there once does not count. */
const idleAt = async (
  { server, visit, each }: { server: Role; visit: Visit | undefined; each: readonly string[] },
  { seconds }: Settings,
): Promise<Figures> => {
  const crowd = await Role.start('crowd', { setup: {}, core: LOAD_CORE })
  const topics = { users: ['nobody'], asFeed: false }
  const open = (some: readonly string[]) =>
    crowd.ask('open', { visit, each: some, atATime: AT_A_TIME, topics })
  try {
    await open(each.slice(0, WARMING))
    await crowd.ask('drop')
    const before = await server.ask<Memory>('memory')
    const [began, staying] = [performance.now(), each.slice(WARMING)]
    await open(staying)
    const opening = (performance.now() - began) / 1_000
    await server.ask('begin')
    await new Promise((resume) => setTimeout(resume, seconds * 1_000))
    const cpu = await server.ask<number>('end')
    const after = await server.ask<Memory>('memory')
    const perSocket = (bytes: number) => bytes / staying.length / KIB
    return {
      kib: perSocket(after.collected - before.collected),
      kibAsItStands: perSocket(after.asItStands - before.collected),
      cpuMicrosPerSecond: cpu / seconds / staying.length,
      opensPerSecond: staying.length / opening,
    }
  } finally {
    await crowd.stop()
  }
}

const growth = async (settings: Settings): Promise<Table> => {
  const rows: string[][] = []
  for (const sockets of [1_000, 10_000, 50_000]) {
    const { figures } = await ourIdle(settings, sockets)
    const { kib = 0, kibAsItStands = 0, cpuMicrosPerSecond = 0, opensPerSecond = 0 } = figures
    const numbers = [kib, kibAsItStands, cpuMicrosPerSecond, opensPerSecond]
    const processes = Math.ceil(sockets / SOCKETS_A_PROCESS)
    rows.push([sockets, processes, ...numbers].map(shown))
  }
  return {
    title: 'idle: how it grows with connections (one run each)',
    columns: ['connections', 'processes', 'KiB', 'KiB uncollected', 'CPU µs/s', 'opens/s each'],
    rows,
  }
}
