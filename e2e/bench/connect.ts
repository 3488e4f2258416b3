import { SUBPROTOCOL } from '@meshboard/contracts'
import { createTokenSigner } from '@meshboard/testkit'
import type { Visit } from './bare-socket.ts'
import type { Bench, Settings } from './bench.ts'
import { LOAD_CORE, SERVER_CORE } from './cores.ts'
import { meterOf } from './deliveries.ts'
import { scaled, startEdgeMesh, tokensFor, usersOf, visitEdge } from './edge-mesh.ts'
import { Role } from './processes.ts'
import { type Measured, figureOf, measured, ratioOf, runRounds } from './rounds.ts'

const SOCKETS = 5_000
const WARMING = 2_000
const AT_A_TIME = 32

/** What it takes to let somebody in: the upgrade, the token, the greeting. */
export const connect: Bench = async (settings) => {
  const sockets = scaled(SOCKETS, settings)
  const rows = await runRounds(
    {
      'ws + verify': () => throughPlain(settings, sockets),
      ours: () => throughOurs(settings, sockets),
    },
    settings.rounds,
  )
  return {
    rows,
    figures: {
      cpuMicrosPerConnect: figureOf(rows, 'ours', 'cpuMicros').median,
      plainCpuMicrosPerConnect: figureOf(rows, 'ws + verify', 'cpuMicros').median,
      connectsPerSecond: figureOf(rows, 'ours', 'connectsPerSecond').median,
    },
    ratios: {
      cpuVsWsAndVerify: ratioOf(rows, { figure: 'cpuMicros', of: 'ours', to: 'ws + verify' }),
    },
    tables: [],
  }
}

const throughPlain = async (settings: Settings, sockets: number): Promise<Measured> => {
  const signer = await createTokenSigner()
  const setup = { jwk: signer.publicJwk }
  const server = await Role.start('plain-ws', { setup, core: SERVER_CORE })
  try {
    const visit = {
      port: await server.ask<number>('port'),
      path: '/',
      protocols: `${SUBPROTOCOL}, bearer.{}`,
      steps: [{ after: '"type":"auth_success"', say: '' }],
    }
    const tokens = await tokensFor(signer, usersOf(sockets + warmingOf(settings)))
    return await measureConnects({ server, visit, tokens }, settings)
  } finally {
    await server.stop()
  }
}

/** Auth has no part in it: the edge knows its keys, and nobody is asked for a token that is good. */
const throughOurs = async (settings: Settings, sockets: number): Promise<Measured> => {
  const mesh = await startEdgeMesh()
  try {
    const visit = visitEdge(await mesh.edge.ask<number>('port'), false)
    const users = usersOf(sockets + warmingOf(settings))
    const tokens = await tokensFor(mesh.broker.issuer, users)
    return await measureConnects({ server: mesh.edge, visit, tokens }, settings)
  } finally {
    await mesh.stop()
  }
}

const warmingOf = (settings: Settings): number => scaled(WARMING, settings)

/** Each comes with a token that was not seen before. They leave when all has been measured. */
const measureConnects = async (
  { server, visit, tokens }: { server: Role; visit: Visit; tokens: readonly string[] },
  settings: Settings,
): Promise<Measured> => {
  const crowd = await Role.start('crowd', { setup: {}, core: LOAD_CORE })
  const topics = { users: ['nobody'], asFeed: false }
  const open = (each: readonly string[]) =>
    crowd.ask('open', { visit, each, atATime: AT_A_TIME, topics })
  const warming = warmingOf(settings)
  try {
    await open(tokens.slice(0, warming))
    await crowd.ask('drop')
    await new Promise((resume) => setTimeout(resume, 1_000))
    return await measured(async () => {
      const meter = meterOf(server)
      const [count, began] = [tokens.length - warming, performance.now()]
      await meter.begin()
      await open(tokens.slice(warming))
      const seconds = (performance.now() - began) / 1_000
      return { cpuMicros: (await meter.end()) / count, connectsPerSecond: count / seconds }
    })
  } finally {
    await crowd.stop()
  }
}
