import { planOf, services } from '@meshboard/deploy'
import { OPERATOR, PROVISIONER, provision } from '@meshboard/kit'
import { USUAL_STREAMS, preparedBrokerData } from './broker-data.ts'
import { brokerOptions, connectAs } from './connect-as.ts'
import { type TestBroker, startNats } from './nats-server.ts'
import { type TestDatabase, createDatabase } from './postgres.ts'
import { StreamReader } from './stream-reader.ts'
import { TestMesh } from './test-mesh.ts'

/** How a test mesh differs from the usual one. */
export interface TestMeshOptions {
  /** Copies of each stream, 1 or 3. Default 1. */
  replicas?: number
  /** How long a stream knows an id, milliseconds. Default 100, so that a repeat can be tried. */
  dedupeMs?: number
  /** The broker's accounts and users. Default: the generated ones. */
  permissions?: string
}

/** Starts a mesh for one test file. */
export const startTestMesh = async (options: TestMeshOptions = {}): Promise<TestMesh> => {
  const streams = streamsOf(options)
  const data = isUsual(streams) ? preparedBrokerData() : undefined
  const starting = startNats(options.permissions, { data })
  const [nats, database] = await Promise.all([starting, createDatabase()])
  if (data === undefined) await provisionOn(nats, streams)
  return openMesh({ nats, database, dedupeMs: streams.dedupeMs })
}

/** Starts a mesh on a broker of the test's, which is stopped with it. */
export const startTestMeshOn = async <Nats extends TestBroker>(
  nats: Nats,
  options: TestMeshOptions = {},
): Promise<TestMesh<Nats>> => {
  const streams = streamsOf(options)
  const [database] = await Promise.all([createDatabase(), provisionOn(nats, streams)])
  return openMesh({ nats, database, dedupeMs: streams.dedupeMs })
}

type Streams = Required<Pick<TestMeshOptions, 'replicas' | 'dedupeMs'>>

const streamsOf = ({
  replicas = USUAL_STREAMS.replicas,
  dedupeMs = USUAL_STREAMS.dedupeMs,
}: TestMeshOptions): Streams => ({ replicas, dedupeMs })

const isUsual = ({ replicas, dedupeMs }: Streams): boolean =>
  replicas === USUAL_STREAMS.replicas && dedupeMs === USUAL_STREAMS.dedupeMs

const provisionOn = (nats: TestBroker, streams: Streams) =>
  provision(brokerOptions(nats, PROVISIONER), services.map(planOf), {
    ...streams,
    acceptsLoss: streams.replicas === 1,
  })

const openMesh = async <Nats extends TestBroker>(parts: {
  nats: Nats
  database: TestDatabase
  dedupeMs: number
}): Promise<TestMesh<Nats>> => {
  const [broker, streams] = await Promise.all([
    connectAs(parts.nats, OPERATOR),
    StreamReader.open(parts.nats),
  ])
  return new TestMesh({ ...parts, broker, streams })
}
