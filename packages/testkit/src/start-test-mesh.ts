import { planOf, services } from '@meshboard/deploy'
import { OPERATOR, PROVISIONER, provision } from '@meshboard/kit'
import { brokerOptions, connectAs } from './connect-as.ts'
import { type TestBroker, startNats } from './nats-server.ts'
import { createDatabase } from './postgres.ts'
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
export const startTestMesh = async (options: TestMeshOptions = {}): Promise<TestMesh> =>
  startTestMeshOn(await startNats(options.permissions), options)

/** Starts a mesh on a broker of the test's, which is stopped with it. */
export const startTestMeshOn = async <Nats extends TestBroker>(
  nats: Nats,
  { replicas = 1, dedupeMs = 100 }: TestMeshOptions = {},
): Promise<TestMesh<Nats>> => {
  const database = await createDatabase()
  const options = brokerOptions(nats, PROVISIONER)
  const settings = { replicas, dedupeMs, acceptsLoss: replicas === 1 }
  await provision(options, services.map(planOf), settings)
  const broker = await connectAs(nats, OPERATOR)
  return new TestMesh({ nats, database, broker, streams: await StreamReader.open(nats), dedupeMs })
}
