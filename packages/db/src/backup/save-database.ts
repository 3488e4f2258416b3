import type { Readable } from 'node:stream'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { inDatabase } from '../in-database.ts'
import { stepsDone } from '../inspection.ts'
import { dataTables, figureOf, tableName, writtenColumns } from './tables.ts'

/** A table as it was saved: its rows, as `copy … to stdout` gives them, are in `file`. */
export interface SavedTable {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: number
  readonly file: string
}

/** A service's schema as it was saved. */
export interface SavedSchema {
  readonly service: string
  /** The steps that had made it. */
  readonly steps: readonly string[]
  readonly tables: readonly SavedTable[]
  /** The last number each sequence gave; null for none yet. */
  readonly sequences: Readonly<Record<string, string | null>>
}

/** All schemas as they were at one moment. */
export interface SavedDatabase {
  readonly version: string
  readonly schemas: readonly SavedSchema[]
  /** What the queries for figures gave at that moment, by their name. */
  readonly figures: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** What is to be saved of a database, and where its rows go. */
export interface SavingDatabase {
  /** As one who may read every schema. */
  readonly url: string
  readonly services: readonly string[]
  /** Queries of one row each, to compare with later. */
  readonly figures: Readonly<Record<string, string>>
  /** Takes the rows of a table, to be found under this name. */
  readonly write: (file: string, rows: Readable) => Promise<void>
}

/**
 * Saves the rows of every table of some schemas as they were at one moment (one snapshot over all of
 * them), beside whatever goes on. Tables are made by migrations, and roles by the set-up, so neither
 * is saved.
 */
export const saveDatabase = (saving: SavingDatabase): Promise<SavedDatabase> =>
  inDatabase(
    saving.url,
    async (client) => {
      await client.query('begin isolation level repeatable read read only')
      const schemas: SavedSchema[] = []
      for (const service of saving.services) schemas.push(await saveSchema(client, service, saving))
      const figures: Record<string, Record<string, string>> = {}
      for (const [name, sql] of Object.entries(saving.figures))
        figures[name] = await figureOf(client, sql)
      await client.query('commit')
      const { rows } = await client.query<{ server_version: string }>('show server_version')
      return { version: rows[0]?.server_version ?? '', schemas, figures }
    },
    0,
  )

/** The database's own clock. */
export const databaseTime = (url: string): Promise<Date> =>
  inDatabase(url, async (client) => {
    const { rows } = await client.query<{ now: Date }>('select clock_timestamp() as now')
    return rows[0]?.now ?? new Date()
  })

const saveSchema = async (
  ...[client, service, saving]: [pg.Client, string, SavingDatabase]
): Promise<SavedSchema> => {
  const steps = await stepsDone(client, service)
  const tables: SavedTable[] = []
  for (const table of await dataTables(client, service)) {
    const columns = await writtenColumns(client, service, table)
    const file = `${service}/${table}`
    const rows = client.query(
      copyTo(`copy ${tableName(client, service, table, columns)} to stdout`),
    )
    await saving.write(file, rows)
    tables.push({ table, columns, rows: rows.rowCount, file })
  }
  return { service, steps, tables, sequences: await sequencesOf(client, service) }
}

/** Numbers are given outside of any snapshot: read last, they are above all that it holds. */
const sequencesOf = async (client: pg.Client, service: string) => {
  const { rows } = await client.query<{ name: string; last: string | null }>(
    'select sequencename as name, last_value as last from pg_sequences where schemaname = $1',
    [service],
  )
  return Object.fromEntries(rows.map(({ name, last }) => [name, last]))
}
