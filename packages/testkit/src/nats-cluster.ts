import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brokerPermissions, clusterConfig } from '@meshboard/deploy'
import { freePort } from './free-port.ts'
import { NatsNode } from './nats-node.ts'
import { passwordOf } from './nats-process.ts'
import type { TestBroker } from './nats-server.ts'
import { type TcpProxy, startProxy } from './tcp-proxy.ts'
import { until } from './until.ts'

/** Three servers that hold each stream three times, as a cluster in use has them. */
export interface NatsCluster extends TestBroker {
  readonly nodes: readonly NatsNode[]
  /** The server that leads a stream now; waits until there is one. */
  leaderOf(stream: string): Promise<NatsNode>
  /** Waits until every server runs, has all data, and all have the same end of each stream. */
  whole(): Promise<void>
  /** Cuts the last server off from the two others; clients still reach it. */
  partition(): void
  /** Ends the partition. */
  rejoin(): void
}

const NAMES = ['n1', 'n2', 'n3'] as const

/** Starts a cluster on free ports of the loopback, under the generated configuration. */
export const startNatsCluster = async (): Promise<NatsCluster> => {
  const folder = await mkdtemp(join(tmpdir(), 'meshboard-cluster-'))
  const links = await openLinks()
  const nodes = await Promise.all(NAMES.map((_, index) => toNode(index, folder, links)))
  await Promise.all(nodes.map((node) => node.start()))
  await together(nodes)
  return {
    nodes,
    url: nodes.map(({ url }) => url).join(','),
    passwordOf,
    leaderOf: (stream) => leaderOf(nodes, stream),
    whole: () => whole(nodes),
    partition: () => links.proxies.forEach((proxy) => proxy.refuse()),
    rejoin: () => links.proxies.forEach((proxy) => proxy.restore()),
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()))
      await Promise.all(links.proxies.map((proxy) => proxy.stop()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** How the servers reach each other: to and from the last one over proxies, so that it can be cut off. */
interface Links {
  /** What each server listens on. */
  readonly ports: readonly number[]
  readonly proxies: readonly TcpProxy[]
}

const openLinks = async (): Promise<Links> => {
  const ports = await Promise.all(NAMES.map(() => freePort()))
  return { ports, proxies: await Promise.all(ports.map((port) => startProxy({ port }))) }
}

const LAST = NAMES.length - 1

const toNode = async (index: number, folder: string, links: Links): Promise<NatsNode> => {
  const name = NAMES[index] ?? ''
  const port = await freePort()
  const others = NAMES.map((_, other) => other).filter((other) => other !== index)
  const routes = others
    .map((other) =>
      index === LAST || other === LAST ? links.proxies[other]?.port : links.ports[other],
    )
    .map((to) => `nats://127.0.0.1:${to}`)
  return new NatsNode({
    name,
    port,
    folder,
    files: {
      'cluster.conf': clusterConfig({ tls: false }),
      'permissions.conf': brokerPermissions(),
    },
    // What is said last counts.
    config: `include "cluster.conf"\nhost: 127.0.0.1\nport: ${port}\nhttp_port: -1\nlame_duck_grace_period: "3s"`,
    args: ['--cluster', `nats://127.0.0.1:${links.ports[index]}`],
    env: {
      SERVER_NAME: name,
      CLUSTER_ROUTES: `[${routes.join(', ')}]`,
      STORE_DIR: join(folder, name, 'data'),
    },
  })
}

const leaderOf = (nodes: readonly NatsNode[], stream: string): Promise<NatsNode> =>
  until(
    async () => {
      const views = await Promise.all(nodes.map((node) => node.streams()))
      const leads = (node: NatsNode, index: number) =>
        views[index]?.some(({ name, leader }) => name === stream && leader === node.name)
      return nodes.find(leads)
    },
    { ms: 30_000, late: `nobody leads ${stream}` },
  )

/** Waits until all run, have caught up, and know each other. */
const together = async (nodes: readonly NatsNode[]): Promise<void> => {
  await Promise.all(nodes.map((node) => node.healthy()))
  await until(
    async () => (await Promise.all(nodes.map((node) => node.leadsOver(LAST)))).includes(true),
    { ms: 60_000, late: 'the servers have not found each other' },
  )
}

const whole = async (nodes: readonly NatsNode[]): Promise<void> => {
  await together(nodes)
  await until(
    async () => {
      const views = await Promise.all(nodes.map((node) => node.streams()))
      const ends = views.map((streams) =>
        streams
          .map(({ name, lastSeq }) => `${name} ${lastSeq}`)
          .toSorted()
          .join(),
      )
      return ends[0] !== '' && ends.every((end) => end === ends[0])
    },
    { ms: 30_000, late: 'the servers do not agree on where the streams end' },
  )
}
