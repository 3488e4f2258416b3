import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brokerPermissions } from '@meshboard/deploy'
import { endProcess } from './child-processes.ts'
import { type NatsProcess, launchNats, passwordOf } from './nats-process.ts'

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

/** Starts nats-server (`NATS_SERVER_BIN`) on a free port of the loopback, its data in a temporary folder. */
export const startNats = async (permissions = brokerPermissions()): Promise<NatsServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'meshboard-nats-'))
  const start = (port: number): Promise<NatsProcess> => {
    const store = `jetstream { store_dir: "${folder}/data" }`
    return launchNats(folder, `host: 127.0.0.1\nport: ${port}\n${store}\n${permissions}`)
  }
  let running = await start(-1)
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
      await endProcess(running.process, 'SIGTERM')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
