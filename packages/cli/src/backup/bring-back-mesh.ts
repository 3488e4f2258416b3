import { HEADERS, eventSubjects, streamName } from '@meshboard/contracts'
import { bringBackDatabase, figuresOf, reconcileOutbox, schemasThere } from '@meshboard/db'
import {
  INBOX_KEPT_DAYS,
  OUTBOX_KEPT_DAYS,
  type Operator,
  connectOperator,
  connectProvisioner,
  openVault,
} from '@meshboard/kit'
import { Refusal } from '../refusal.ts'
import type { Backup } from './folder.ts'
import { type Figures, type MeshServers, countsOf, rowsFile } from './save-mesh.ts'

/** What is to be brought back, and to where. */
export interface BringingBackMesh {
  readonly backup: Backup
  readonly servers: MeshServers
  /** Copies of each stream there. */
  readonly replicas: number
  /** The database is there, and newer than the backup: only streams come back beneath it. */
  readonly streamsOnly?: boolean
  /** Makes every schema and role of this build. */
  readonly migrate: (databaseUrl: string) => Promise<unknown>
  readonly figures: Readonly<Record<string, string>>
  /** Of the figures, those that must be 0. */
  readonly zeros: readonly string[]
}

/** What a step took, and what the outboxes have to do. */
export interface BroughtBack extends Figures {
  /** Events that are to be sent again, and those that were sent though nobody had noted it. */
  readonly again: number
  readonly noted: number
  /** Messages whose time was over when they came back. */
  readonly expired: number
  readonly figures: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const DAY_MS = 24 * 60 * 60 * 1_000

/**
 * Brings a backup back onto servers that have nothing of the mesh: database, streams, and outboxes
 * brought to what the streams hold. Services may start after it. Throws where something is in the
 * way, before anything is changed, and when the figures are not those of the backup.
 */
export const bringBackMesh = async (bringing: BringingBackMesh): Promise<BroughtBack> => {
  const { backup, servers } = bringing
  await refuseUnfit(bringing)
  const began = Date.now()
  if (!bringing.streamsOnly) {
    await bringing.migrate(servers.databaseUrl)
    await bringBackDatabase({
      url: servers.databaseUrl,
      saved: backup.manifest.database,
      read: (file) => backup.readPacked(rowsFile(file)),
    })
  }
  const between = Date.now()
  const expired = await bringBackStreams(bringing)
  const outboxes = await reconcile(bringing)
  const figures = await figuresOf(servers.databaseUrl, bringing.figures)
  compareFigures(bringing, figures)
  const counts = countsOf(backup.manifest)
  return {
    ...counts,
    ...(bringing.streamsOnly && { tables: 0, rows: 0 }),
    ...outboxes,
    expired,
    figures,
    databaseMs: between - began,
    streamsMs: Date.now() - between,
  }
}

const refuseUnfit = async (bringing: BringingBackMesh): Promise<void> => {
  const { backup, servers, streamsOnly = false } = bringing
  const { ended_at: endedAt, database, streams } = backup.manifest
  refuseOld((Date.now() - Date.parse(endedAt)) / DAY_MS, streamsOnly)
  const services = database.schemas.map(({ service }) => service)
  const schemas = await schemasThere(servers.databaseUrl, services)
  if (schemas.length > 0 && !streamsOnly)
    throw new Refusal(
      `The database has ${schemas.join(', ')} already. Give DATABASE_URL of an empty one.`,
    )
  const missing = services.filter((service) => !schemas.includes(service))
  if (missing.length > 0 && streamsOnly)
    throw new Refusal(`The database lacks ${missing.join(', ')}: bring it back first.`)
  await refuseTaken(
    servers,
    streams.map(({ name }) => name),
  )
}

const refuseOld = (days: number, streamsOnly: boolean): void => {
  if (days > INBOX_KEPT_DAYS)
    throw new Refusal(
      `This backup is older than ${INBOX_KEPT_DAYS} days: consumers would not know any more what they have taken, and count it twice.`,
    )
  if (days > OUTBOX_KEPT_DAYS && streamsOnly)
    throw new Refusal(
      `This backup is older than ${OUTBOX_KEPT_DAYS} days: outboxes have not any more what was sent since.`,
    )
}

const refuseTaken = async (servers: MeshServers, streams: readonly string[]): Promise<void> => {
  const provisioner = await connectProvisioner(servers.broker)
  const there = new Set((await provisioner.health()).map(({ name }) => name))
  await provisioner.close()
  const taken = streams.filter((name) => there.has(name))
  if (taken.length > 0)
    throw new Refusal(`The broker has ${taken.join(', ')} already. Give NATS_URL of an empty one.`)
}

const bringBackStreams = async ({
  backup,
  servers,
  replicas,
}: BringingBackMesh): Promise<number> => {
  const vault = await openVault(servers.broker)
  let expired = 0
  try {
    for (const saved of backup.manifest.streams) {
      const found = await vault.bringBack(saved, backup.read(saved.file), { replicas })
      expired += saved.messages - found.messages
      if (found.messages > saved.messages || found.lastSeq !== saved.lastSeq)
        throw new Refusal(
          `${saved.name} was saved with ${saved.messages} messages up to ${saved.lastSeq}, and came back with ${found.messages} up to ${found.lastSeq}.`,
        )
    }
    return expired
  } finally {
    await vault.close()
  }
}

const reconcile = async ({ backup, servers }: BringingBackMesh) => {
  const { streams, database, streams_saved_at: savedAt } = backup.manifest
  const operator = await connectOperator(servers.broker)
  try {
    const total = { again: 0, noted: 0 }
    for (const { service } of database.schemas) {
      const stream = streamName(service)
      if (!streams.some(({ name }) => name === stream)) continue
      const { again, noted } = await reconcileOutbox({
        url: servers.databaseUrl,
        service,
        streamsSavedAt: new Date(savedAt),
        storedSince: (time) => idsSince(operator, { stream, service, time }),
      })
      total.again += again
      total.noted += noted
    }
    return total
  } finally {
    await operator.close()
  }
}

const idsSince = async (
  operator: Operator,
  { stream, service, time }: { stream: string; service: string; time: Date },
): Promise<ReadonlySet<string>> => {
  const ids = new Set<string>()
  const asked = { subject: eventSubjects(service), from: { time } }
  for await (const { headers } of operator.read(stream, asked))
    ids.add(headers[HEADERS.messageId.toLowerCase()] ?? '')
  return ids
}

const compareFigures = (
  { backup, zeros, streamsOnly = false }: BringingBackMesh,
  found: BroughtBack['figures'],
): void => {
  for (const [name, saved] of Object.entries(backup.manifest.database.figures))
    for (const [figure, value] of Object.entries(saved)) {
      const now = found[name]?.[figure]
      if (now !== value && !streamsOnly)
        throw new Refusal(`${name}: ${figure} was ${value} and came back as ${now}.`)
      if (zeros.includes(figure) && now !== '0')
        throw new Refusal(`${name}: ${figure} is ${now} and must be 0. Start nothing on it.`)
    }
}
