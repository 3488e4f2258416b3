// Goal: a consumer that says it is replayable comes to the same however often it sees an event, in whatever order.
// Method: every such consumer of the mesh, on real parts: all events of its kind again, the last first, and every table as before.
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEAD_STREAM, auth, serviceOf, streamName } from '@meshboard/contracts'
import { services } from '@meshboard/deploy'
import { newId } from '@meshboard/kit'
import { StreamReader, type TestMesh, replay, startTestMesh } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const RUNNING = ['auth', 'user', 'referral']
let mesh: TestMesh
let streams: StreamReader
let folder: string

beforeAll(async () => {
  mesh = await startTestMesh()
  streams = await StreamReader.open(mesh.nats)
  folder = await mkdtemp(join(tmpdir(), 'meshboard-replay-'))
  const key = join(folder, 'key.pem')
  const { privateKey } = generateKeyPairSync('ed25519')
  await writeFile(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  for (const service of services.filter(({ name }) => RUNNING.includes(name)))
    await mesh.start(service, { AUTH_SIGNING_KEY_FILES: key })
})
afterAll(async () => {
  await streams.close()
  await mesh.stop()
  await rm(folder, { recursive: true })
})

const replayable = services.flatMap(({ name, consumers }) =>
  consumers
    .filter((consumer) => consumer.replayable)
    .map((consumer) => ({ service: name, consumer: consumer.name, event: consumer.event.name })),
)

/** Every row of every table in which a service keeps what it knows. */
const tables = async () => {
  const { rows } = await mesh.admin.raw<{ rows: { schema: string; name: string }[] }>(
    `select table_schema as schema, table_name as name from information_schema.tables
     where table_schema = any(?) and table_name not in ('inbox', 'outbox', 'channel_numbers')
     order by 1, 2`,
    [RUNNING],
  )
  return Promise.all(
    rows.map(async ({ schema, name }) => ({
      table: `${schema}.${name}`,
      rows: await mesh.admin.withSchema(schema).table(name).orderByRaw('1').select(),
    })),
  )
}

test('every consumer that says so may see all its events again, the last first', async () => {
  const [ann, bob] = [newId('user'), newId('user')]
  const at = (minute: number) => `2026-11-21T09:0${minute}:00.000Z`
  const { accountCreated, keyAdded, keyRevoked, roleChanged, sessionOpened } = auth.events
  for (const [user_id, username] of [
    [ann, 'ann'],
    [bob, 'bob'],
  ] as const) {
    await mesh.deliver(accountCreated, { user_id, username, created_at: at(0) })
    const public_key = Buffer.alloc(32, username).toString('hex')
    await mesh.deliver(keyAdded, { user_id, public_key, created_at: at(1) })
    if (username === 'bob')
      await mesh.deliver(keyRevoked, { user_id, public_key, revoked_at: at(2) })
    for (const minute of [3, 4]) {
      const session_id = newId('session')
      await mesh.deliver(sessionOpened, { user_id, session_id, opened_at: at(minute) })
    }
    for (const [previous_roles, roles] of [
      [['user'], ['admin']],
      [['admin'], ['analyst']],
    ] as const) {
      const changed_at = at(5)
      const change = { user_id, roles: [...roles], previous_roles: [...previous_roles], changed_at }
      await mesh.deliver(roleChanged, change)
    }
  }
  const before = await tables()
  let replayed = 0
  for (const { event, ...place } of replayable) {
    const stored = await streams.read(streamName(serviceOf(event)))
    for (const one of stored.filter(({ name }) => name === event).toReversed()) {
      await replay(mesh, place, one)
      replayed += 1
    }
  }
  await mesh.settled()
  expect(replayable.map(({ consumer }) => consumer).toSorted()).toEqual([
    'addKeyOnKeyAdded',
    'ensureProfileOnAccountCreated',
    'forgetPendingProfileOnRegistered',
    'keepRolesOnRoleChanged',
    'makeCodeOnRegistered',
    'removeKeyOnKeyRevoked',
    'touchLastActiveOnSessionOpened',
  ])
  expect(replayed).toBe(2 * 4 + 1 + 4 + 4)
  expect(await streams.read(DEAD_STREAM.name)).toEqual([])
  expect(await tables()).toEqual(before)
})
