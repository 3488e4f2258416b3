import { FEEDS, SUBPROTOCOL } from '@meshboard/contracts'
import { service as edgeService } from '@meshboard/edge'
import { OPERATOR, newId } from '@meshboard/kit'
import type { Issuer } from '@meshboard/testkit'
import type { Visit } from './bare-socket.ts'
import { LOAD_CORE, SERVER_CORE } from './cores.ts'
import { type MeshBroker, startMeshBroker } from './mesh-broker.ts'
import { Role, keepOn } from './processes.ts'
import { summaryService } from './stand-ins.ts'

/** An edge, the broker, and the service behind its channel. */
export interface EdgeMesh {
  readonly broker: MeshBroker
  readonly edge: Role
  /** Starts one more edge, on any core. */
  startEdge(): Promise<Role>
  stop(): Promise<void>
}

/** Limits of one user and of one silent client are none of a crowd's. */
const CROWD_ENV = {
  EDGE_USER_CONNECTIONS_MAX: '10000',
  EDGE_SILENCE_MS: '3600000',
  EDGE_TICKET_SECRET: 'a bench shares its secret over all edges',
}
/** As the launcher starts it. */
const EDGE_NODE = ['--max-semi-space-size=16']
const TOKEN_SECONDS = 3_600
const TOKENS_AT_A_TIME = 64

/** Starts them; the edge has a core of its own. */
export const startEdgeMesh = async (env: Record<string, string> = {}): Promise<EdgeMesh> => {
  const services = [summaryService, edgeService]
  const broker = await startMeshBroker(services, withAnnouncer)
  keepOn(LOAD_CORE, broker.pid)
  const earnings = await Role.start('summary-service', {
    setup: { env: broker.environmentOf('earnings') },
    core: LOAD_CORE,
  })
  const setup = { env: { ...broker.environmentOf('edge'), ...CROWD_ENV, ...env } }
  const edges = [await Role.start('edge', { setup, core: SERVER_CORE, node: EDGE_NODE })]
  return {
    broker,
    edge: edges[0] as Role,
    async startEdge() {
      const edge = await Role.start('edge', { setup, node: EDGE_NODE })
      edges.push(edge)
      return edge
    },
    async stop() {
      for (const role of [...edges, earnings]) await role.stop()
      await broker.stop()
    },
  }
}

/** Who runs the mesh may also send what streams would: copies of stored events. */
const withAnnouncer = (generated: string): string =>
  generated.replace(
    new RegExp(`(user: ${OPERATOR},[^[]*allow: \\[)`),
    `$1${JSON.stringify(FEEDS)}, `,
  )

/** Signs in before the upgrade, with `{}` for the token; then, if wanted, one subscription. */
export const visitEdge = (port: number, subscribes: boolean): Visit => {
  const subscribe = JSON.stringify({ type: 'subscribe', id: 1, channel: 'earnings' })
  const signedIn = { after: '"type":"auth_success"', say: subscribes ? subscribe : '' }
  const watching = { after: '"type":"subscribed"', say: '' }
  return {
    port,
    path: '/ws/v1',
    protocols: `${SUBPROTOCOL}, bearer.{}`,
    steps: subscribes ? [signedIn, watching] : [signedIn],
  }
}

/** So many users. */
export const usersOf = (count: number): string[] =>
  Array.from({ length: count }, () => newId('user'))

/** A token for each of them, of a session of its own. */
export const tokensFor = async (
  issuer: Pick<Issuer, 'user'>,
  users: readonly string[],
): Promise<string[]> => {
  const tokens: string[] = []
  for (let from = 0; from < users.length; from += TOKENS_AT_A_TIME) {
    const some = users.slice(from, from + TOKENS_AT_A_TIME)
    const signed = some.map((userId) => issuer.user({ userId, seconds: TOKEN_SECONDS }))
    for (const { token } of await Promise.all(signed)) tokens.push(token)
  }
  return tokens
}

/** A bench's usual number, less where its stretches are shorter than usual. */
export const scaled = (count: number, { seconds }: { seconds: number }): number =>
  Math.max(10, Math.round(count * Math.min(1, seconds / 3)))
