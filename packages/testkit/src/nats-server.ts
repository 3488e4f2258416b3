import { cpSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { brokerPermissions } from '@meshboard/deploy'
import { endProcess } from './child-processes.ts'
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
  /** Takes a stream with all it holds away, as a broken disk would: the broker is down meanwhile. */
  lose(stream: string): Promise<void>
}

/**
 * Starts nats-server (`NATS_SERVER_BIN`) on a free port of the loopback, its data in a temporary folder:
 * none, or a copy of what is in `data`.
 */
export const startNats = async (
  permissions = brokerPermissions(),
  data?: string,
): Promise<NatsServer> => {
  const folder = await scratchFolder('nats')
  if (data !== undefined) cpSync(data, join(folder, 'data'), { recursive: true })
  const start = (port?: number): Promise<NatsProcess> =>
    launchNats(folder, natsConfig({ folder, permissions, ...(port !== undefined && { port }) }))
  let running = await start()
  return {
    url: `nats://127.0.0.1:${running.port}`,
    passwordOf,
    kill: () => endProcess(running.process, 'SIGKILL'),
    async restart() {
      running = await start(running.port)
    },
    async lose(stream) {
      await endProcess(running.process, 'SIGTERM')
      const path = join(folder, 'data/jetstream/MESH/streams', stream)
      await rm(path, { recursive: true })
      running = await start(running.port)
    },
    async stop() {
      // At once: it would take a third of a second to leave, and nobody reads what it leaves.
      await endProcess(running.process, 'SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
