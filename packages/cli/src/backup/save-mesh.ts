import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { databaseTime, saveDatabase } from '@meshboard/db'
import { type BrokerOptions, type StreamVault, openVault } from '@meshboard/kit'
import { NewBackup, packed } from './folder.ts'
import type { Manifest } from './manifest.ts'

/** The servers of a mesh, with every right. */
export interface MeshServers {
  readonly databaseUrl: string
  readonly broker: Omit<BrokerOptions, 'onFault'>
}

/** What of a mesh is saved and compared. */
export interface MeshParts {
  /** Those with a schema. */
  readonly services: readonly string[]
  readonly streams: readonly string[]
  /** Queries of one row each. */
  readonly figures: Readonly<Record<string, string>>
}

/** What a step took. */
export interface Figures {
  readonly streams: number
  readonly messages: number
  readonly tables: number
  readonly rows: number
  readonly bytes: number
  readonly streamsMs: number
  readonly databaseMs: number
}

/**
 * Saves a mesh that runs. Streams first, the database after them: so whatever a stream has, the
 * database knows, and what it has not, the outbox has. The other way round, a consumer could be
 * noted as having taken an event whose effect is not in the database.
 */
export const saveMesh = async (
  servers: MeshServers,
  parts: MeshParts,
  folder: string,
): Promise<Figures> => {
  const backup = await NewBackup.open(folder)
  const began = Date.now()
  const savedAt = await databaseTime(servers.databaseUrl)
  const streams = await saveStreams(servers, backup, parts)
  const between = Date.now()
  const database = await saveDatabase({
    ...parts,
    url: servers.databaseUrl,
    write: (file, rows) => backup.write(rowsFile(file), rows, packed()),
  })
  const manifest = {
    format: 1 as const,
    streams_saved_at: savedAt.toISOString(),
    ended_at: new Date().toISOString(),
    streams,
    database: database as Manifest['database'],
  }
  await backup.end(manifest)
  const times = { streamsMs: between - began, databaseMs: Date.now() - between }
  return { ...countsOf({ ...manifest, files: backup.files }), ...times }
}

const saveStreams = async (
  ...[servers, backup, { streams }]: [MeshServers, NewBackup, MeshParts]
): Promise<Manifest['streams']> => {
  const vault = await openVault(servers.broker)
  try {
    const saved: Manifest['streams'] = []
    for (const name of streams) saved.push(await saveStream(vault, backup, name))
    return saved
  } finally {
    await vault.close()
  }
}

/** Where the rows of a table are. */
export const rowsFile = (file: string): string => `database/${file}.copy.gz`

/** How much there is in a backup. */
export const countsOf = ({
  streams,
  database,
  files,
}: Pick<Manifest, 'streams' | 'database' | 'files'>) => {
  const tables = database.schemas.flatMap((schema) => schema.tables)
  const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)
  return {
    streams: streams.length,
    messages: sum(streams.map(({ messages }) => messages)),
    tables: tables.length,
    rows: sum(tables.map(({ rows }) => rows)),
    bytes: sum(Object.values(files).map(({ bytes }) => bytes)),
  }
}

const saveStream = async (
  ...[vault, backup, name]: [StreamVault, NewBackup, string]
): Promise<Manifest['streams'][number]> => {
  const file = `streams/${name}`
  const bytes = new PassThrough()
  const written = backup.write(file, bytes)
  const saved = vault.save(name, async (chunk) => {
    if (!bytes.write(chunk)) await once(bytes, 'drain')
  })
  const [stream] = await Promise.all([saved.finally(() => bytes.end()), written])
  return { ...stream, file }
}
