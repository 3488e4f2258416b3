import { certificateEnd } from '@meshboard/kit'
import type pg from 'pg'
import { isUndefinedTable } from './errors.ts'
import { inDatabase } from './in-database.ts'
import { type Migrations, rolesOf, stepsOf } from './migrate.ts'

/** How a service's schema is against what its build needs. */
export interface SchemaReport {
  readonly service: string
  /** Steps that were not run. */
  readonly missing: readonly string[]
  /** What is wrong with its application role: a sentence each. */
  readonly faults: readonly string[]
}

/** What a database says of itself. Times are milliseconds since 1970. */
export interface DatabaseReport {
  /** `18.4`, and as a number that grows with it, 180004. */
  readonly version: string
  readonly versionNumber: number
  readonly now: number
  /** Our clock in the middle between question and answer, and how long that took. */
  readonly askedAt: number
  readonly roundTripMs: number
  /** Settings that let a commit be lost which was acknowledged: by name, what they are. */
  readonly lossy: Readonly<Record<string, string>>
  /** Whether its log is archived, so that it can be brought back to any moment. */
  readonly archives: boolean
  readonly schemas: readonly SchemaReport[]
  /** When its certificate ends; undefined without TLS. */
  readonly certificateEndsAt: number | undefined
}

/** Looks at a database once, as one who may read every schema. Throws when it is away or refuses. */
export const inspectDatabase = (
  url: string,
  schemas: Readonly<Record<string, Migrations>>,
): Promise<DatabaseReport> =>
  inDatabase(url, async (client) => {
    const server = await askServer(client)
    const reports: SchemaReport[] = []
    for (const [service, migrations] of Object.entries(schemas))
      reports.push(await askSchema(client, service, migrations))
    const { stream } = (client as unknown as { connection: { stream: unknown } }).connection
    return { ...server, schemas: reports, certificateEndsAt: certificateEnd(stream) }
  })

interface ServerRow {
  version: string
  number: string
  now: number
  archive_mode: string
  settings: Record<string, string>
}

const askServer = async (client: pg.Client) => {
  const began = Date.now()
  const { rows } = await client.query<ServerRow>(`
    select current_setting('server_version') as version,
      current_setting('server_version_num') as number,
      (extract(epoch from clock_timestamp()) * 1000)::float8 as now,
      current_setting('archive_mode') as archive_mode,
      json_build_object('fsync', current_setting('fsync'),
        'full_page_writes', current_setting('full_page_writes'),
        'synchronous_commit', current_setting('synchronous_commit')) as settings`)
  const roundTripMs = Date.now() - began
  const [row] = rows
  if (!row) throw new Error('the database says nothing of itself')
  const off = Object.entries(row.settings).filter(([, value]) => value === 'off')
  return {
    version: row.version.split(' ')[0] ?? '',
    versionNumber: Number(row.number),
    now: row.now,
    askedAt: began + roundTripMs / 2,
    roundTripMs,
    lossy: Object.fromEntries(off),
    archives: row.archive_mode !== 'off',
  }
}

const askSchema = async (
  ...[client, service, migrations]: [pg.Client, string, Migrations]
): Promise<SchemaReport> => {
  const done = await stepsDone(client, service)
  return {
    service,
    missing: Object.keys(stepsOf(migrations)).filter((step) => !done.includes(step)),
    faults: await roleFaults(client, service),
  }
}

/** The steps of a schema that were run; none where there is no such schema. */
export const stepsDone = async (client: pg.Client, service: string): Promise<string[]> => {
  try {
    const { rows } = await client.query<{ name: string }>(
      `select name from ${client.escapeIdentifier(service)}.migrations order by id`,
    )
    return rows.map(({ name }) => name)
  } catch (error) {
    if (isUndefinedTable(error)) return []
    throw error
  }
}

const roleFaults = async (client: pg.Client, service: string): Promise<string[]> => {
  const { owner, app } = rolesOf(service)
  const { rows } = await client.query<
    Record<'is_super' | 'bypasses' | 'owns' | 'is_owner', boolean>
  >(
    `select rolsuper as is_super, rolbypassrls as bypasses,
       exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = $2 and c.relowner = r.oid) as owns,
       coalesce(pg_has_role(r.oid, (select oid from pg_roles where rolname = $3), 'member'), false) as is_owner
     from pg_roles r where rolname = $1`,
    [app, service, owner],
  )
  const [role] = rows
  if (!role) return [`there is no role ${app}`]
  return [
    ...(role.is_super ? [`${app} is a superuser`] : []),
    ...(role.bypasses ? [`${app} is above the rules of rows (bypassrls)`] : []),
    ...(role.owns ? [`${app} owns tables of ${service}`] : []),
    ...(role.is_owner && !role.is_super ? [`${app} may become ${owner}`] : []),
  ]
}
