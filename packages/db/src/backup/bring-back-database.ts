import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { inDatabase } from '../in-database.ts'
import { stepsDone } from '../inspection.ts'
import type { SavedDatabase, SavedSchema, SavedTable } from './save-database.ts'
import { figureOf, tableName } from './tables.ts'

/** What is to be brought back, and where its rows are. */
export interface BringingBackDatabase {
  /** As a superuser: rules that watch each change must not watch this one. */
  readonly url: string
  readonly saved: SavedDatabase
  /** The rows of a table, as they were saved under this name. */
  readonly read: (file: string) => Readable
}

/**
 * Fills schemas that the migrations have just made with what was saved, in one transaction. Throws,
 * having changed nothing, when a schema's steps are others than those it was saved with, or a table
 * gets another number of rows.
 */
export const bringBackDatabase = (bringing: BringingBackDatabase): Promise<void> =>
  inDatabase(
    bringing.url,
    async (client) => {
      await client.query('begin')
      await client.query('set local session_replication_role = replica')
      for (const schema of bringing.saved.schemas) await fillSchema(client, schema, bringing)
      await client.query('commit')
      await client.query('analyze')
    },
    0,
  )

const fillSchema = async (
  ...[client, schema, bringing]: [pg.Client, SavedSchema, BringingBackDatabase]
): Promise<void> => {
  const { service, steps, tables, sequences } = schema
  const here = await stepsDone(client, service)
  if (here.toSorted().join() !== steps.toSorted().join())
    throw new Error(
      `${service} was saved with other migrations than this build has: bring it back with the build that saved it, then go on to this one`,
    )
  if (tables.length > 0)
    await client.query(
      `truncate ${tables.map(({ table }) => tableName(client, service, table)).join(', ')}`,
    )
  for (const table of tables) await fillTable(client, service, { table, read: bringing.read })
  for (const [name, last] of Object.entries(sequences))
    if (last !== null)
      await client.query('select setval($1::regclass, $2)', [
        tableName(client, service, name),
        last,
      ])
}

const fillTable = async (
  client: pg.Client,
  service: string,
  { table, read }: { table: SavedTable; read: BringingBackDatabase['read'] },
): Promise<void> => {
  const name = tableName(client, service, table.table, table.columns)
  const filling = client.query(copyFrom(`copy ${name} from stdin`))
  await pipeline(read(table.file), filling)
  if (filling.rowCount !== table.rows)
    throw new Error(
      `${service}.${table.table} was saved with ${table.rows} rows, and got ${filling.rowCount}`,
    )
}

/** Those of some schemas that are there. */
export const schemasThere = (url: string, services: readonly string[]): Promise<string[]> =>
  inDatabase(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select nspname as name from pg_namespace where nspname = any($1) order by 1',
      [services],
    )
    return rows.map(({ name }) => name)
  })

/** What queries of one row each give, as when a database was saved. */
export const figuresOf = (
  url: string,
  queries: Readonly<Record<string, string>>,
): Promise<Record<string, Record<string, string>>> =>
  inDatabase(url, async (client) => {
    const figures: Record<string, Record<string, string>> = {}
    for (const [name, sql] of Object.entries(queries)) figures[name] = await figureOf(client, sql)
    return figures
  })
