import type pg from 'pg'

/** What the migrations keep of themselves: made anew with the schema. */
const OF_MIGRATIONS = ['migrations', 'migrations_lock']

/** The tables of a schema that hold its data, by name. */
export const dataTables = async (client: pg.Client, schema: string): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind = 'r' and c.relname <> all($2) order by 1`,
    [schema, OF_MIGRATIONS],
  )
  return rows.map(({ name }) => name)
}

/** The columns of a table that are written, in their order. */
export const writtenColumns = async (
  ...[client, schema, table]: [pg.Client, string, string]
): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_schema = $1 and table_name = $2 and is_generated = 'NEVER' order by ordinal_position`,
    [schema, table],
  )
  return rows.map(({ name }) => name)
}

/** A table with its schema, and columns if given, as SQL writes it. */
export const tableName = (
  ...[client, schema, table, columns]: [pg.Client, string, string, (readonly string[])?]
): string => {
  const name = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(table)}`
  if (!columns) return name
  return `${name} (${columns.map((column) => client.escapeIdentifier(column)).join(', ')})`
}

/** The rows of a figure, as text. */
export const figureOf = async (client: pg.Client, sql: string): Promise<Record<string, string>> => {
  const { rows } = await client.query<Record<string, unknown>>(sql)
  return Object.fromEntries(
    Object.entries(rows[0] ?? {}).map(([name, value]) => [name, String(value)]),
  )
}
