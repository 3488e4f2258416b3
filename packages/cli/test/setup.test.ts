// Goal: a team brings what its own service needs up to date, and nothing of anybody else's.
// Method: a broker with the streams that earnings reads, a database without two schemas; `mesh setup
// --only earnings` makes the part of earnings.
import { planOf, services } from '@meshboard/deploy'
import { PROVISIONER, provision } from '@meshboard/kit'
import {
  type NatsServer,
  StreamReader,
  type TestDatabase,
  createDatabase,
  startNats,
} from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runIn } from './cli.ts'

let nats: NatsServer
let database: TestDatabase
let streams: StreamReader

const withoutConsumers = (name: string) => {
  const service = services.find((one) => one.name === name)
  if (service === undefined) throw new Error(`no service is called ${name}`)
  return { ...planOf(service), consumers: [] }
}

beforeAll(async () => {
  ;[nats, database] = await Promise.all([startNats(), createDatabase()])
  const operator = {
    servers: [nats.url],
    service: PROVISIONER,
    user: PROVISIONER,
    password: nats.passwordOf(PROVISIONER),
  }
  await provision(operator, ['network', 'referral'].map(withoutConsumers), { replicas: 1 })
  await database.admin.raw('drop schema earnings cascade; drop schema "user" cascade')
  streams = await StreamReader.open(nats)
})

afterAll(async () => {
  await streams.close()
  await database.drop()
  await nats.stop()
})

const setUp = (only: string) =>
  runIn(
    { nats, adminUrl: database.adminUrl, brokerOf: () => Promise.reject(new Error('none')) },
    [...['setup', '--only', only, '--json']],
    {
      env: {
        NATS_USER: PROVISIONER,
        NATS_PASSWORD: nats.passwordOf(PROVISIONER),
        DATABASE_PASSWORD_EARNINGS: 'test_earnings',
      },
    },
  )

const schemas = async (): Promise<string[]> => {
  const { rows } = await database.admin.raw<{ rows: { name: string }[] }>(
    "select schema_name as name from information_schema.schemata where schema_name in ('earnings', 'user')",
  )
  return rows.map(({ name }) => name)
}

test('one service gets its schema, stream and durables, with its own password alone', async () => {
  expect(await schemas()).toEqual([])
  const { code, notes, json } = await setUp('earnings')
  expect(notes).toBe('')
  expect(code).toBe(0)
  const [report] = json()
  // Two of its own, one for what is given to it again, one for what the broker gave up.
  expect(report).toMatchObject({ migrations: { services: 1 }, provision: { consumers: 4 } })
  expect(await schemas()).toEqual(['earnings'])
  expect(await streams.read('EVT_EARNINGS')).toEqual([])
  await expect(streams.read('EVT_USER')).rejects.toThrow('stream not found')
})

test('a service that nobody has is refused, and nothing is done', async () => {
  const { code, notes } = await setUp('bounty')
  expect(code).toBe(2)
  expect(notes).toContain('No service with a schema is called bounty.')
})
