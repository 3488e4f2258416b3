// Goal: of several relays one works, also when the one that does hangs and comes back.
// Method: two processes that relay one outbox; in turn one is stopped, and goes on while the other works.
// Shows: M2
import { network } from '@meshboard/contracts'
import { newId } from '@meshboard/kit'
import { Program, StreamReader, type TestMesh, startTestMesh, until } from '@meshboard/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../src/index.ts'
import { type Deps, fakeNetwork, isFull, uptimeOf } from './fake-network.ts'

const ROUNDS = isFull ? 50 : 3
const FILE = new URL('relaying-network.ts', import.meta.url)
const users = Array.from({ length: 5 }, () => newId('user'))
let mesh: TestMesh
let streams: StreamReader
let database: Database
let relays: Program[]

beforeAll(async () => {
  mesh = await startTestMesh()
  streams = await StreamReader.open(mesh.nats)
  const writer = await mesh.start(fakeNetwork({ relays: false }))
  ;({ database } = writer.deps as Deps)
  const env = { ...mesh.environmentOf('network'), OUTBOX_LEADER_SILENT_MS: '1000' }
  relays = [await Program.start(FILE, env), await Program.start(FILE, env)]
})
afterAll(async () => {
  for (const relay of relays) await relay.kill()
  await streams.close()
  await mesh.stop()
})

const raise = async (count: number) => {
  for (let i = 0; i < count; i += 1) {
    await database.transaction(async (tx) => {
      for (const user of users) await tx.publish(network.events.uptimeAccrued, uptimeOf(user, 1))
    })
  }
}

const unsent = () =>
  mesh.admin.withSchema('network').table('outbox').whereNull('published_at').select('id')

test(
  'a relay that is stopped is relieved, and does no harm when it goes on',
  async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const stopped = relays[round % 2]
      const writing = raise(40)
      stopped?.signal('SIGSTOP')
      await writing
      await raise(10)
      await until(async () => (await unsent()).length === 0, { late: 'nobody took over' })
      stopped?.signal('SIGCONT')
      await raise(10)
      await until(async () => (await unsent()).length === 0)
    }
    const events = await streams.read('EVT_NETWORK')
    const numbers = Array.from({ length: ROUNDS * 60 }, (_, place) => place + 1)
    for (const user of users) {
      const seen = events.filter(({ subject }) => subject.endsWith(user)).map(({ n }) => n)
      // What an inbox lets pass: the first of each.
      expect([...new Set(seen)]).toEqual(numbers)
    }
  },
  ROUNDS * 10_000 + 30_000,
)
