import { setTimeout as sleep } from 'node:timers/promises'
import knexFactory, { type Knex } from 'knex'
import { type Backoff, delayBefore } from '@meshboard/kit'
import { isLockedOut, isUndefinedTable } from './errors.ts'
import { up as outboxAndInbox } from '../migrations/0001-outbox-and-inbox.ts'

/**
 * One step of a schema; runs once, in a transaction, as the schema's owner. It only adds, so that the
 * build before runs on beneath it. There is no way down: what was added stays, and a build that is
 * taken back runs on it.
 */
export interface Migration {
  readonly up: (knex: Knex) => Promise<unknown>
}

/** A service's steps by name, in order: `0001-ledger`. */
export type Migrations = Readonly<Record<string, Migration>>

/** The schema that is to be made or brought up to date. */
export interface SchemaPlan {
  readonly service: string
  readonly migrations: Migrations
  /** Of the application role, `<service>_app`; a dash of the name is `_` there. Left as it is when not given. */
  readonly password?: string | undefined
}

const SHARED: Migrations = { 'db-0001-outbox-and-inbox': { up: outboxAndInbox } }

/** All steps of a service's schema, in order, with those that every schema has. */
export const stepsOf = (migrations: Migrations): Migrations => ({ ...SHARED, ...migrations })

/**
 * Makes the roles and the schema of a service where they are missing, and runs the steps not yet
 * run. Safe to repeat, to run twice at a time, and to run beneath the build before: a step waits half
 * a second for a table that is in use, since everybody else waits behind it, lets them pass and tries
 * again. Gives the number of steps that were run; throws when a table stays in use for 30 tries.
 */
export const migrate = async (adminUrl: string, plan: SchemaPlan): Promise<number> => {
  const admin = knexFactory({ client: 'pg', connection: adminUrl, pool: { min: 0, max: 1 } })
  try {
    await admin.transaction((transaction) => prepare(transaction, plan))
    return await admin.transaction(async (transaction) => {
      await transaction.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
        `${plan.service} migrations`,
      ])
      return runPatiently(() => runSteps(adminUrl, plan))
    })
  } finally {
    await admin.destroy()
  }
}

const LOCK_MS = 500
const TRIES_MAX = 30
const AGAIN: Backoff = { firstMs: 200, maxMs: 1_000 }

/** All steps not yet run are one transaction: what did not get its table has left nothing. */
const runPatiently = async (run: () => Promise<number>): Promise<number> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run()
    } catch (error) {
      if (!isLockedOut(error) || attempt === TRIES_MAX) throw error
      await sleep(delayBefore(attempt, AGAIN))
    }
  }
}

const runSteps = async (adminUrl: string, plan: SchemaPlan): Promise<number> => {
  const owner = knexFactory({
    client: 'pg',
    connection: adminUrl,
    searchPath: [plan.service],
    // What fails is thrown; left alone, it prints each try.
    log: { warn: () => undefined, error: () => undefined },
    pool: { min: 0, max: 2, afterCreate: asOwner(plan.service) },
  })
  try {
    const [, run] = (await owner.migrate.latest(migrationConfig(plan))) as [number, string[]]
    await owner.raw(
      `revoke insert, update, delete on migrations, migrations_lock from ${rolesOf(plan.service).app}`,
    )
    return run.length
  } finally {
    await owner.destroy()
  }
}

/**
 * Throws one clear line when the schema lacks steps that this build needs. A schema that is ahead is
 * fine: the steps of a newer build only add.
 */
export const assertMigrated = async (
  knex: Knex,
  service: string,
  migrations: Migrations,
): Promise<void> => {
  const done = await stepsDone(knex, service)
  const missing = Object.keys(stepsOf(migrations)).filter((name) => !done.includes(name))
  if (missing.length === 0) return
  throw new Error(
    `the schema "${service}" lacks ${missing.join(', ')}; run "npm run mesh -- setup" with the database administrator's DATABASE_URL`,
  )
}

const stepsDone = async (knex: Knex, service: string): Promise<string[]> => {
  try {
    return await knex.withSchema(service).table('migrations').pluck<string[]>('name')
  } catch (error) {
    if (isUndefinedTable(error)) return []
    throw error
  }
}

/** The roles of a service's schema. */
export const rolesOf = (service: string) => {
  const name = service.replaceAll('-', '_')
  return { owner: `${name}_owner`, app: `${name}_app` }
}

const prepare = async (admin: Knex, { service, password }: SchemaPlan): Promise<void> => {
  const { owner, app } = rolesOf(service)
  await admin.raw("select pg_advisory_xact_lock(hashtextextended('meshboard schemas', 0))")
  await admin.raw(createRole(owner, 'nologin'))
  await admin.raw(createRole(app, 'login'))
  if (password !== undefined) {
    await admin.raw("select set_config('meshboard.password', ?, true)", [password])
    await admin.raw(`do $$ begin
      execute format('alter role ${app} with login password %L', current_setting('meshboard.password'));
    end $$`)
  }
  await admin.raw(`grant ${owner} to current_user`)
  await admin.raw(`create schema if not exists "${service}" authorization ${owner}`)
  await admin.raw(`grant usage on schema "${service}" to ${app}`)
  for (const [rights, kind] of [
    ['select, insert, update, delete', 'tables'],
    ['usage, select', 'sequences'],
    ['execute', 'functions'],
  ]) {
    await admin.raw(
      `alter default privileges for role ${owner} in schema "${service}" grant ${rights} on ${kind} to ${app}`,
    )
  }
}

const createRole = (role: string, login: string): string => `
  do $$ begin
    if not exists (select from pg_roles where rolname = '${role}') then create role ${role} ${login}; end if;
  end $$`

type PoolCallback = (error: unknown, connection: unknown) => void

const asOwner =
  (service: string) =>
  (
    connection: { query(sql: string, done: (error: unknown) => void): void },
    done: PoolCallback,
  ): void =>
    connection.query(`set role ${rolesOf(service).owner}; set lock_timeout = ${LOCK_MS}`, (error) =>
      done(error, connection),
    )

const migrationConfig = ({ service, migrations }: SchemaPlan): Knex.MigratorConfig => {
  const steps = stepsOf(migrations)
  return {
    tableName: 'migrations',
    disableMigrationsListValidation: true,
    schemaName: service,
    migrationSource: {
      getMigrations: () => Promise.resolve(Object.entries(steps)),
      getMigrationName: ([name]: [string, Migration]) => name,
      getMigration: ([, step]: [string, Migration]) =>
        Promise.resolve({ ...step, down: refuseDown }),
    },
  }
}

const refuseDown = (): never => {
  throw new Error('migrations only go forward')
}
