import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { brokerPermissions, planOf, services } from '@meshboard/deploy'
import { PROVISIONER, provision } from '@meshboard/kit'
import { endProcess } from './child-processes.ts'
import { launchNats, natsConfig, passwordOf } from './nats-process.ts'
import { scratchFolder } from './scratch-folder.ts'

/** Where the data is that brokers of tests begin with; told to the processes of the tests. */
const DATA = 'MESH_TEST_NATS_DATA'

/** How the streams of test brokers are kept, unless a test wants it otherwise. */
export const USUAL_STREAMS = { replicas: 1, dedupeMs: 100 } as const

/** Makes every stream and durable once, for brokers to begin with. Gives the way to remove them. */
export const prepareBrokerData = async (): Promise<() => Promise<void>> => {
  const folder = await scratchFolder('template-nats')
  const permissions = brokerPermissions()
  const { process: server, port } = await launchNats(folder, natsConfig({ folder, permissions }))
  const options = {
    servers: [`nats://127.0.0.1:${port}`],
    service: PROVISIONER,
    user: PROVISIONER,
    password: passwordOf(PROVISIONER),
  }
  await provision(options, services.map(planOf), USUAL_STREAMS)
  // Not at once: what it still has to write is wanted.
  await endProcess(server, 'SIGTERM')
  process.env[DATA] = join(folder, 'data')
  return async () => {
    delete process.env[DATA]
    await rm(folder, { recursive: true, force: true })
  }
}

/** The folder with that data; undefined outside of a test run. */
export const preparedBrokerData = (): string | undefined => process.env[DATA]
