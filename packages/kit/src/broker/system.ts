import { type NatsConnection, NoRespondersError, connect } from '@nats-io/transport-node'
import { inboxPrefix } from '@meshboard/contracts'
import { type BrokerOptions, connectionOptions } from './connection-options.ts'

/** The user that asks the servers themselves how they are, and has them read their configuration again. */
export const SYSTEM_USER = 'system'

/** What the user `system` may do: look at servers, and have them reload. */
export const SYSTEM_RIGHTS = {
  publish: ['$SYS.REQ.SERVER.PING.VARZ', '$SYS.REQ.SERVER.*.RELOAD'],
  subscribe: [`${inboxPrefix(SYSTEM_USER)}.>`],
} as const

/** One server of the broker, as it speaks of itself. Times are milliseconds since 1970. */
export interface ServerReport {
  readonly id: string
  readonly name: string
  readonly version: string
  /** Its own clock when it answered, and ours in the middle between question and answer. */
  readonly now: number
  readonly askedAt: number
  /** Milliseconds between question and answer: how far off `now - askedAt` may be. */
  readonly roundTripMs: number
  /** Whether each write is on disk before it is acknowledged. */
  readonly syncsAlways: boolean
  /** Bytes its streams may have on disk, have, and are promised; undefined without JetStream. */
  readonly store: { bytesMax: number; bytes: number; reserved: number } | undefined
  /** Other servers it counts as gone. */
  readonly lostPeers: readonly string[]
  /** When the certificate for its clients ends; undefined without TLS. */
  readonly certificateEndsAt: number | undefined
}

/** The servers behind the broker. Everything fails with an `Error` that says why. */
export interface BrokerSystem {
  /** Every server that answers within two seconds, by name. */
  servers(): Promise<ServerReport[]>
  /** Has each server read its configuration again: its users too. Nobody is disconnected who still may. */
  reload(): Promise<void>
  close(): Promise<void>
}

const STALL_MS = 300
const WAIT_MS = 2_000

/** Connects to the account of the servers themselves. Closed by who opened it. */
export const connectSystem = async (
  options: Omit<BrokerOptions, 'onFault'>,
): Promise<BrokerSystem> => {
  const connection = await connect({ ...connectionOptions(options), maxReconnectAttempts: 20 })
  return {
    servers: () => serversOf(connection),
    async reload() {
      for (const { id, name } of await serversOf(connection)) await reloadOne(connection, id, name)
    },
    close: () => connection.close(),
  }
}

const reloadOne = async (...[connection, id, name]: [NatsConnection, string, string]) => {
  const answer = await connection.request(`$SYS.REQ.SERVER.${id}.RELOAD`, '', { timeout: WAIT_MS })
  const { error } = answer.json<{ error?: { description?: string } }>()
  if (error) throw new Error(`${name} does not take its configuration: ${error.description}`)
}

const serversOf = async (connection: NatsConnection): Promise<ServerReport[]> => {
  const began = Date.now()
  const reports: ServerReport[] = []
  try {
    const asked = { strategy: 'stall', stall: STALL_MS, maxWait: WAIT_MS } as const
    for await (const answer of await connection.requestMany(VARZ, undefined, asked)) {
      const roundTripMs = Date.now() - began
      reports.push(toReport(answer.json<Answer>(), { began, roundTripMs }))
    }
  } catch (error) {
    if (!(error instanceof NoRespondersError)) throw error
  }
  return reports.toSorted((a, b) => a.name.localeCompare(b.name))
}

const VARZ = '$SYS.REQ.SERVER.PING.VARZ'

interface Answer {
  server: { id: string; name: string; ver: string; time: string }
  data: {
    tls_cert_not_after?: string
    jetstream?: {
      config?: { sync_always?: boolean; max_storage?: number }
      stats?: { storage?: number; reserved_storage?: number }
      meta?: { replicas?: { name: string; offline?: boolean }[] }
    }
  }
}

const toReport = (
  { server, data }: Answer,
  { began, roundTripMs }: { began: number; roundTripMs: number },
): ServerReport => {
  const { config, stats, meta } = data.jetstream ?? {}
  const ends = Date.parse(data.tls_cert_not_after ?? '')
  return {
    id: server.id,
    name: server.name,
    version: server.ver,
    now: Date.parse(server.time),
    askedAt: began + roundTripMs / 2,
    roundTripMs,
    syncsAlways: config?.sync_always === true,
    store: config && {
      bytesMax: config.max_storage ?? 0,
      bytes: stats?.storage ?? 0,
      reserved: stats?.reserved_storage ?? 0,
    },
    lostPeers: (meta?.replicas ?? []).filter(({ offline }) => offline).map(({ name }) => name),
    certificateEndsAt: ends > 0 ? ends : undefined,
  }
}
