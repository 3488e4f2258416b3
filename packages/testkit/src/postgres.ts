import { randomBytes } from 'node:crypto'
import { migrateAll } from '@meshboard/deploy'
import knexFactory, { type Knex } from 'knex'

const TEMPLATE = 'meshboard_template'

/** A database of this test file's own, with every schema in it. */
export interface TestDatabase {
  /** As the superuser. */
  readonly admin: Knex
  readonly adminUrl: string
  /** The URL for a service's application role. */
  urlFor(service: string): string
  /** Removes it. Throws when somebody is still connected. */
  drop(): Promise<void>
}

/** Makes the template anew that the databases are cloned from. Once a test run. */
export const prepareTemplate = async (): Promise<void> => {
  const server = connectTo(serverUrl('postgres'))
  try {
    await server.raw(`drop database if exists ${TEMPLATE} with (force)`)
    await server.raw(`create database ${TEMPLATE}`)
  } finally {
    await server.destroy()
  }
  await migrateAll(serverUrl(TEMPLATE), passwordOf)
}

/** Clones the template: real Postgres, a few hundredths of a second. */
export const createDatabase = async (): Promise<TestDatabase> => {
  const name = `test_${randomBytes(6).toString('hex')}`
  const server = connectTo(serverUrl('postgres'))
  await server.raw(`create database ${name} template ${TEMPLATE} strategy wal_log`)
  const admin = connectTo(serverUrl(name))
  return {
    admin,
    adminUrl: serverUrl(name),
    urlFor(service) {
      const url = new URL(serverUrl(name))
      url.username = `${service.replaceAll('-', '_')}_app`
      url.password = passwordOf(service)
      return url.href
    },
    async drop() {
      await admin.destroy()
      try {
        await server.raw(`drop database ${name}`)
      } finally {
        await server.destroy()
      }
    },
  }
}

const passwordOf = (service: string): string => `test_${service}`

/** A database of whatever server, seen as who the URL says. */
export const connectTo = (url: string): Knex =>
  knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: 4 } })

const serverUrl = (database: string): string => {
  const given = process.env['MESH_TEST_POSTGRES_URL']
  if (given === undefined)
    throw new Error('MESH_TEST_POSTGRES_URL is not set: run the tests with "npm test"')
  const url = new URL(given)
  url.pathname = `/${database}`
  return url.href
}
