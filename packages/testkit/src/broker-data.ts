import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { brokerPermissions, planOf, services } from '@meshboard/deploy'
import { PROVISIONER, provision } from '@meshboard/kit'
import { endProcess } from './child-processes.ts'
import { launchNats, natsConfig, passwordOf } from './nats-process.ts'
import { runFolder } from './scratch-folder.ts'

/** How the streams of test brokers are kept, unless a test wants it otherwise. */
export const USUAL_STREAMS = { replicas: 1, dedupeMs: 100 } as const

/** Makes every stream and durable once, for the brokers of this test run to begin with. */
export const prepareBrokerData = async (): Promise<void> => {
  const folder = templateFolder()
  if (folder === undefined) return
  await mkdir(folder)
  const permissions = brokerPermissions()
  const { process: server, port } = await launchNats(folder, natsConfig({ folder, permissions }))
  const options = {
    servers: [`nats://127.0.0.1:${port}`],
    service: PROVISIONER,
    user: PROVISIONER,
    password: passwordOf(PROVISIONER),
  }
  await provision(options, services.map(planOf), { ...USUAL_STREAMS, acceptsLoss: true })
  // Not at once: what it still has to write is wanted.
  await endProcess(server, 'SIGTERM')
}

/** The folder with that data; undefined where none was made. */
export const preparedBrokerData = (): string | undefined => {
  const folder = templateFolder()
  return folder !== undefined && existsSync(folder) ? join(folder, 'data') : undefined
}

const templateFolder = (): string | undefined => {
  const folder = runFolder()
  return folder === undefined ? undefined : join(folder, 'template-nats')
}
