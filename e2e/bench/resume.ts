import { HEADERS, earnings, eventSubject, filterHeader, streamName } from '@meshboard/contracts'
import { type Broker, connectBroker, newId } from '@meshboard/kit'
import type { Bench, Settings, Table } from './bench.ts'
import { LOAD_CORE } from './cores.ts'
import { meterOf } from './deliveries.ts'
import { type EdgeMesh, scaled, startEdgeMesh, tokensFor, usersOf, visitEdge } from './edge-mesh.ts'
import { markedBody } from './marks.ts'
import { shown } from './print.ts'
import { Role } from './processes.ts'
import { type Measured, figureOf, measured, runRounds } from './rounds.ts'

const CLIENTS = 10_000
/** As many as one user may have. */
const CLIENTS_A_USER = 10
const MISSED = 20
const AT_A_TIME = 64
const STORES_AT_A_TIME = 256
const STORE_MS = 10_000
const BODY = Buffer.from(markedBody(200))

/** All clients of an edge that was killed come to another, which knows nothing of them. */
export const resume: Bench = async (settings) => {
  const clients = scaled(CLIENTS, settings)
  const users = clients / CLIENTS_A_USER
  const rows = await runRounds({ ours: () => returning({ clients, users }) }, settings.rounds)
  const figure = (name: string) => figureOf(rows, 'ours', name)
  return {
    rows,
    figures: {
      clients,
      users,
      eventsPerSecond: figure('eventsPerSecond').median,
      cpuMicrosPerClient: figure('cpuMicros').median,
    },
    ratios: { seconds: figure('seconds'), readsPerClient: figure('readsPerClient') },
    tables: settings.growth ? [await growth(settings)] : [],
  }
}

interface Crowd {
  clients: number
  users: number
}

const returning = async ({ clients, users: count }: Crowd): Promise<Measured> => {
  const mesh = await startEdgeMesh()
  const crowd = await Role.start('returning', { setup: {}, core: LOAD_CORE })
  const users = usersOf(Math.ceil(count))
  const owners = Array.from({ length: clients }, (_, index) => users[index % users.length] ?? '')
  const stream = await openStream(mesh, users)
  try {
    await stream.store(1)
    const each = await tokensFor(mesh.broker.issuer, owners)
    const visit = visitEdge(await mesh.edge.ask<number>('port'), true)
    await crowd.ask('arrive', { visit, each, atATime: AT_A_TIME })
    await mesh.edge.stop()
    await stream.store(MISSED)
    return await comeBack({ mesh, crowd, clients })
  } finally {
    await stream.close()
    await crowd.stop()
    await mesh.stop()
  }
}

interface Came {
  seconds: number
  openSeconds: number
  gaps: number
  refusals: number
}

const comeBack = async ({
  mesh,
  crowd,
  clients,
}: {
  mesh: EdgeMesh
  crowd: Role
  clients: number
}): Promise<Measured> => {
  const edge = await mesh.startEdge()
  const [port, before] = [await edge.ask<number>('port'), await edge.ask<number>('reads')]
  const steps = [
    { after: '"type":"welcome"', say: '{}' },
    { after: '"type":"subscribed"', say: '' },
  ]
  const visit = { ...visitEdge(port, true), protocols: 'meshboard.v1.json', steps }
  return measured(async () => {
    const meter = meterOf(edge)
    await meter.begin()
    const given = { visit, atATime: AT_A_TIME, missed: MISSED }
    const came = await crowd.ask<Came>('comeBack', given)
    if (came.gaps > 0) throw new Error(`${came.gaps} clients were told of a gap`)
    const cpu = await meter.end()
    const reads = (await edge.ask<number>('reads')) - before
    return {
      seconds: came.seconds,
      readsPerClient: reads / clients,
      eventsPerSecond: (clients * MISSED) / came.seconds,
      cpuMicros: cpu / clients,
      openSeconds: came.openSeconds,
      refusals: came.refusals,
    }
  })
}

/** Stores events of all users in turn, as earnings would. */
const openStream = async ({ broker: { nats } }: EdgeMesh, users: readonly string[]) => {
  const broker = await connectBroker({
    servers: [nats.url],
    service: earnings.name,
    user: earnings.name,
    password: nats.passwordOf(earnings.name),
    onFault: (error) => void process.stderr.write(`${error.message}\n`),
  })
  let n = 0
  return {
    /** So many more for each user. */
    async store(count: number) {
      const last = n + count
      while (n < last) {
        n += 1
        const waiting = users.values()
        const worker = async () => {
          for (const user of waiting) await storeOne(broker, { user, n })
        }
        await Promise.all(Array.from({ length: STORES_AT_A_TIME }, worker))
      }
    },
    close: () => broker.close(),
  }
}

const storeOne = (broker: Broker, { user, n }: { user: string; n: number }): Promise<unknown> => {
  const { credited } = earnings.events
  const subject = eventSubject(earnings.name, credited.topic, user)
  return broker.store(streamName(earnings.name), subject, BODY, {
    id: newId('event'),
    headers: {
      [HEADERS.event]: credited.name,
      [HEADERS.n]: String(n),
      [HEADERS.time]: new Date().toISOString(),
      [HEADERS.subject]: subject,
      [filterHeader('source')]: 'network',
    },
    deadline: Date.now() + STORE_MS,
  })
}

const growth = async (settings: Settings): Promise<Table> => {
  const rows: string[][] = []
  const clients = scaled(CLIENTS, settings)
  for (const users of [1, clients / 100, clients / 10, clients]) {
    const { figures } = await returning({ clients, users })
    const { seconds = 0, readsPerClient = 0, cpuMicros = 0 } = figures
    rows.push([clients, users, seconds, readsPerClient, cpuMicros].map(shown))
  }
  return {
    title: 'resume: how it grows with the users among whom the clients are spread (one run each)',
    columns: ['clients', 'users', 'seconds', 'reads a client', 'CPU µs a client'],
    rows,
  }
}
