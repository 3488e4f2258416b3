import { cpSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brokerPermissions } from '@meshboard/deploy'
import { endProcess } from './child-processes.ts'
import { freePort } from './free-port.ts'
import { type NatsProcess, launchNats, natsConfig, passwordOf } from './nats-process.ts'
import { scratchFolder } from './scratch-folder.ts'

/** A broker with the generated permissions: one server, or a cluster of them. */
export interface TestBroker {
  /** Without user and password; those of a cluster with commas between. */
  readonly url: string
  /** The password of a service's user. */
  passwordOf(user: string): string
  stop(): Promise<void>
}

/** A real broker of this test file's own, with the generated permissions. */
export interface NatsServer extends TestBroker {
  /** Ends the process at once, as a crash would. */
  kill(): Promise<void>
  /** Starts it again on the same port and data. */
  restart(): Promise<void>
  /** Gives it other permissions, which it reads when it is told to reload. */
  rewrite(permissions: string): Promise<void>
  /** Takes a stream with all it holds away, as a broken disk would: the broker is down meanwhile. */
  lose(stream: string): Promise<void>
}

/**
 * Starts nats-server (`NATS_SERVER_BIN`) on a free port of the loopback, its data in a temporary folder:
 * none, or a copy of what is in `data`. `syncs`: each write is on disk before it is acknowledged.
 */
export const startNats = async (
  permissions = brokerPermissions(),
  { data, syncs = false }: { data?: string | undefined; syncs?: boolean } = {},
): Promise<NatsServer> => {
  const folder = await scratchFolder('nats')
  if (data !== undefined) cpSync(data, join(folder, 'data'), { recursive: true })
  const port = await freePort()
  const start = (): Promise<NatsProcess> =>
    launchNats(folder, natsConfig({ folder, permissions, port, syncs }))
  let running = await start()
  return {
    url: `nats://127.0.0.1:${port}`,
    passwordOf,
    kill: () => endProcess(running.process, 'SIGKILL'),
    async restart() {
      running = await start()
    },
    async rewrite(changed) {
      const file = join(folder, 'server.conf')
      const text = await readFile(file, 'utf8')
      // A host and a port of its own it keeps: it may not move while it runs.
      await writeFile(file, text.replace(permissions, changed))
    },
    async lose(stream) {
      await endProcess(running.process, 'SIGTERM')
      const path = join(folder, 'data/jetstream/MESH/streams', stream)
      await rm(path, { recursive: true })
      running = await start()
    },
    async stop() {
      // At once: it would take a third of a second to leave, and nobody reads what it leaves.
      await endProcess(running.process, 'SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
